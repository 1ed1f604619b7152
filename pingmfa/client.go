package pingmfa

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/pingmfa/pingmfa-go/gen"
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
	// startURL is where authentications are started, and nextURL, with an id behind it, where they go on. apiURL is
	// where the paths of devices begin. They are never changed: requests get copies.
	startURL, apiURL *url.URL
	nextURL          string
	http             *http.Client
	tokens           tokenSource
	timeout          time.Duration
	retry            Retry
	gate             gate
	logger           *slog.Logger
	clock            Clock
	onDrift          func(context.Context, Drift)
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
	if err := c.parseURLs(); err != nil {
		return nil, err
	}
	if c.timeout == 0 {
		c.timeout = defaultTimeout
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

// parseURLs parses once what every request needs. A custom domain stands for the environment, too.
func (c *Client) parseURLs() error {
	auth, err := url.Parse(c.endpoints.auth)
	if err != nil {
		return &ArgumentError{Field: "Config.AuthURL", Rule: "must be an absolute URL"}
	}
	if c.apiURL, err = url.Parse(c.endpoints.api); err != nil {
		return &ArgumentError{Field: "Config.APIURL", Rule: "must be an absolute URL"}
	}
	start := gen.CreateDeviceAuthenticationURL(auth, c.environmentID)
	c.startURL = &start
	if c.endpoints.bare {
		c.startURL = start.JoinPath("../../deviceAuthentications")
	}
	c.nextURL = c.startURL.String() + "/"
	return nil
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
