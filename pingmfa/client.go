package pingmfa

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/pingmfa/pingmfa-go/gen"
)

// Version is this module's version. The User-Agent of every request names it.
const Version = "0.1.0"

const userAgent = "pingmfa-go/" + Version

// Client calls PingOne MFA. [New] makes one. Make one for each environment and share it: it is safe for concurrent use,
// and its calls share one access token, one pool of connections and one wait for a rate limit. It has no Close method:
// between calls, only the renewal of a token can run, for at most 10 seconds, and the transport closes idle
// connections.
//
// Every id in an argument has 8-4-4-4-12 hexadecimal digits.
type Client struct {
	environmentID string
	customDomain  bool       // it stands for the environment: the id is not in the path
	auth, api     gen.Client // one for each host
	http          *http.Client
	tokens        tokenSource
	timeout       time.Duration
	retry         Retry
	rateLimit     rateLimit
	logger        *slog.Logger
}

// New checks the configuration and returns a client for it. It sends nothing. Its error is an [*ArgumentError].
func New(config Config) (*Client, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	auth, api, err := config.baseURLs()
	if err != nil {
		return nil, err
	}
	c := &Client{
		environmentID: config.EnvironmentID,
		customDomain:  config.CustomDomain != "",
		http:          config.httpClient(),
		timeout:       cmp.Or(config.Timeout, defaultTimeout),
		retry:         config.Retry.withDefaults(),
		logger:        config.Logger,
	}
	tokenURL := auth + config.EnvironmentID + "/as/token"
	if c.customDomain {
		tokenURL = auth + "as/token"
	}
	if c.tokens, err = newTokenSource(config.Credentials, c.http, c.retry, tokenURL); err != nil {
		return nil, err
	}
	generated := gen.Client{Client: directClient{c.http}, RequestEditors: []gen.RequestEditorFn{c.edit}}
	c.auth, c.api = generated, generated
	c.auth.Server, c.api.Server = auth, api
	return c, nil
}

// edit completes a request that the generated client built.
func (c *Client) edit(ctx context.Context, req *http.Request) error {
	a := ctx.Value(attemptKey{}).(*attempt)                            //nolint:errcheck // send puts it there
	values := []string{a.authorization, "application/json", userAgent} // one allocation instead of three
	req.Header["Authorization"], req.Header["Accept"], req.Header["User-Agent"] = values[:1:1], values[1:2:2], values[2:]
	if req.Body != nil {
		req.ContentLength, req.GetBody = int64(len(a.payload)), a.again
	}
	if c.customDomain { // The contract cannot say that the id leaves the path.
		req.URL.Path = strings.TrimPrefix(req.URL.Path, "/"+c.environmentID)
	}
	return nil
}

// Format writes the environment's id and nothing else that the client holds.
func (c *Client) Format(f fmt.State, verb rune) {
	writeText(f, verb, `pingmfa.Client{"EnvironmentID":"`+c.environmentID+`"}`)
}

// perform makes a call, reads the response and writes the log record.
func perform[T any](
	ctx context.Context, c *Client, call *call, read func(*call, *response) (*T, error),
) (result *T, err error) {
	start := c.logStart()
	if _, bounded := ctx.Deadline(); !bounded && c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	resp, err := c.exchange(ctx, call)
	if err == nil {
		result, err = read(call, resp)
	}
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelWarn
	}
	c.log(ctx, level, "pingmfa call", call, start, OutcomeOf(err), err)
	return result, err
}

// logStart returns the current time, or the zero Time if logging is disabled.
func (c *Client) logStart() time.Time {
	if c.logger == nil {
		return time.Time{}
	}
	return time.Now()
}

// log writes the record of a call or of its last attempt.
func (c *Client) log(
	ctx context.Context, level slog.Level, message string, call *call, start time.Time, outcome Outcome, err error,
) {
	if c.logger == nil || !c.logger.Enabled(ctx, level) {
		return
	}
	var last Attempt
	if n := len(call.attempts); n > 0 {
		last = call.attempts[n-1]
	}
	attrs := []slog.Attr{
		slog.String("operation", call.operation),
		slog.String("environment_id", c.environmentID),
		slog.Duration("duration", time.Since(start)),
		slog.String("outcome", string(outcome)),
		slog.Int("attempts", len(call.attempts)),
		slog.Int("status", last.StatusCode),
		slog.String("correlation_id", shownText(last.CorrelationID)),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	c.logger.LogAttrs(ctx, level, message, attrs...)
}

// CallOption is a setting of one call.
type CallOption func(*callOptions)

type callOptions struct {
	headers       gen.CreateDeviceParams // the same for all operations
	compatibility *string
}

// WithTransactionID sends the caller's own id of the transaction (X-Ping-External-Transaction-ID). It has 1 to 100
// characters: letters, digits and . _ - / @ = # +.
func WithTransactionID(id string) CallOption {
	return func(o *callOptions) { o.headers.XPingExternalTransactionID = &id }
}

// WithSessionID sends the caller's own id of the session (X-Ping-External-Session-ID). It has 1 to 100 characters:
// letters, digits and . _ - / @ = # +.
func WithSessionID(id string) CallOption {
	return func(o *callOptions) { o.headers.XPingExternalSessionID = &id }
}

// WithCompatibility says how far the browser supports WebAuthn: "FULL", "SECURITY_KEY_ONLY" or "NONE", an open set. It
// is an option of [Client.SelectDevice] and [Client.CheckAssertion] alone, whose requests lack the member without it.
func WithCompatibility(compatibility string) CallOption {
	return func(o *callOptions) { o.compatibility = &compatibility }
}

// newCall returns a call with its options, and the validator of its arguments.
func newCall(operation string, opts []CallOption) (*call, *validator) {
	call, v := &call{operation: operation}, &validator{}
	o := &call.options
	for _, opt := range opts {
		if opt != nil {
			opt(o)
		}
	}
	if id := o.headers.XPingExternalTransactionID; id != nil {
		v.check("WithTransactionID", externalIDRule(*id))
	}
	if id := o.headers.XPingExternalSessionID; id != nil {
		v.check("WithSessionID", externalIDRule(*id))
	}
	if o.compatibility != nil {
		if operation != selectDevice && operation != checkAssertion {
			v.check("WithCompatibility", "is an option of SelectDevice and CheckAssertion alone")
		}
		v.check("WithCompatibility", requiredTextRule(*o.compatibility))
	}
	return call, v
}
