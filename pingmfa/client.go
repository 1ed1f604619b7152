package pingmfa

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"time"
)

// Version is this module's version; the User-Agent of every request names it.
const Version = "0.1.0"

const userAgent = "pingmfa-go/" + Version

// Client calls PingOne MFA. Make it with [New], once for each environment, and share it: it is safe for concurrent use,
// and its calls share one access token, one pool of connections and one memory of a 429. It needs no Close: it holds no
// goroutine while no call is under way, and idle connections close by themselves.
type Client struct {
	environmentID string
	endpoints     endpoints
	http          *http.Client
	tokens        tokenSource
	timeout       time.Duration
	retry         Retry
	gate          gate
	logger        *slog.Logger
	clock         Clock
	onDrift       func(context.Context, Drift)
}

// New checks the configuration and returns a client for it. It sends nothing. Its error is an [*ArgumentError].
func New(config Config) (*Client, error) {
	if err := checkID("Config.EnvironmentID", config.EnvironmentID); err != nil {
		return nil, err
	}
	at, err := config.endpoints()
	if err != nil {
		return nil, err
	}
	c := &Client{
		environmentID: config.EnvironmentID,
		endpoints:     at,
		http:          config.httpClient(),
		timeout:       config.Timeout,
		retry:         config.Retry.withDefaults(),
		logger:        config.Logger,
		clock:         config.Clock,
		onDrift:       config.OnDrift,
	}
	if c.timeout == 0 {
		c.timeout = defaultTimeout
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if c.clock == nil {
		c.clock = systemClock{}
	}
	c.tokens, err = newTokenSource(config.Credentials, c)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// authPath is where the environment begins on the auth host, with a slash at its end.
func (c *Client) authPath() string {
	if c.endpoints.bare {
		return c.endpoints.auth
	}
	return c.endpoints.auth + c.environmentID + "/"
}

// AccessToken returns the access token that the client's own requests are sent with, renewed when it is due. The next
// steps of an authentication need one. Its error is a [*TokenError].
func (c *Client) AccessToken(ctx context.Context) (string, error) {
	value, _, err := c.tokens.token(ctx)
	return value, err
}

// Format writes the environment id alone: what a client holds is not for logs.
func (c *Client) Format(f fmt.State, verb rune) {
	writeText(f, verb, "pingmfa.Client{environment="+c.environmentID+"}")
}

// perform makes the call, reads the answer and writes the log record. M is the generated model of the answer and T this
// package's; second is what the contract requires of it besides the id.
func perform[M, T any](
	ctx context.Context, c *Client, operation string, req *http.Request, second string, convert converter[M, T],
) (out *T, err error) {
	start := c.clock.Now()
	if _, bounded := ctx.Deadline(); !bounded && c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	answer, err := c.exchange(ctx, operation, req)
	if err == nil {
		out, err = decode(operation, answer, second, convert)
	}
	c.logCall(ctx, operation, answer, err, start)
	if err == nil && c.onDrift != nil {
		compare(answer.body, reflect.TypeFor[M](), func(pointer string, kind DriftKind) {
			c.onDrift(ctx, Drift{Operation: operation, Pointer: pointer, Kind: kind})
		})
	}
	return out, err
}
