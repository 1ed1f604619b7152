package pingmfa

import (
	"context"
	"time"
)

// Clock tells the time and waits. It exists for tests: a fake one makes expiry and waits happen at once.
type Clock interface {
	// Now is the time, as time.Now tells it.
	Now() time.Time
	// Sleep returns after d, or with the context's error as soon as the context ends.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
