package pingmfa

import (
	"context"
	"log/slog"
	"time"
)

// logStart is when what is to be logged begins. Without a logger nobody asks.
func (c *Client) logStart() time.Time {
	if c.logger == nil {
		return time.Time{}
	}
	return c.clock.Now()
}

// logAttempt writes one Debug record for the last attempt: metadata that holds nothing personal.
func (c *Client) logAttempt(ctx context.Context, operation string, attempts []Attempt, start time.Time) {
	if c.logger == nil || !c.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	last := attempts[len(attempts)-1]
	c.logger.LogAttrs(ctx, slog.LevelDebug, "pingmfa attempt", append(c.attrs(operation, start),
		slog.Int("attempt", len(attempts)),
		slog.Int("status", last.StatusCode),
		slog.String("outcome", string(last.Outcome)),
		slog.String("correlation_id", safeID(last.CorrelationID)),
	)...)
}

// logCall writes one record for a call: Info when it succeeded, Warn when it did not.
func (c *Client) logCall(ctx context.Context, operation string, a *answer, err error, start time.Time) {
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelWarn
	}
	if c.logger == nil || !c.logger.Enabled(ctx, level) {
		return
	}
	attrs := append(c.attrs(operation, start), slog.String("outcome", string(OutcomeOf(err))))
	if a != nil {
		attrs = append(attrs,
			slog.Int("status", a.status),
			slog.Int("attempts", len(a.attempts)),
			slog.String("correlation_id", safeID(a.correlationID)),
		)
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	c.logger.LogAttrs(ctx, level, "pingmfa call", attrs...)
}

func (c *Client) attrs(operation string, start time.Time) []slog.Attr {
	return []slog.Attr{
		slog.String("operation", operation),
		slog.String("environment_id", c.environmentID),
		slog.Duration("duration", c.clock.Now().Sub(start)),
	}
}
