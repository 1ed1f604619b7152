package pingmfa

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	tokenTimeout = 10 * time.Second
	// A token is renewed this long before it expires, or after three quarters of a lifetime that is too short for that.
	tokenMargin = 5 * time.Minute
	// After a failure, the token endpoint gets no request for this long. Calls get the same error.
	tokenFailureMemory = time.Second
	// The lifetime of a token without expires_in, and the longest lifetime that is believed.
	tokenDefaultLifetime = 5 * time.Minute
	tokenMaxLifetime     = 24 * time.Hour
)

// tokenCache gets tokens with a client secret. It sends one request at a time, however many calls wait for it.
type tokenCache struct {
	secret ClientSecret
	url    string
	http   *http.Client
	retry  Retry

	mu       sync.Mutex
	current  accessToken
	fetching *tokenFetch
	failure  error
	failedAt time.Time
}

type accessToken struct {
	authorization    string // the value of the header
	renewAt, expires time.Time
}

// tokenFetch is one request for a token. Any number of calls wait for it.
type tokenFetch struct {
	done  chan struct{}
	token accessToken
	err   error
}

func (c *tokenCache) authorization(ctx context.Context) (string, bool, error) {
	c.mu.Lock()
	now, current := time.Now(), c.current
	if now.Before(current.renewAt) {
		c.mu.Unlock()
		return current.authorization, true, nil
	}
	usable := now.Before(current.expires)
	if c.failure != nil && now.Sub(c.failedAt) < tokenFailureMemory {
		err := c.failure
		c.mu.Unlock()
		if usable {
			return current.authorization, true, nil
		}
		return "", false, err
	}
	fetch := c.fetching
	if fetch == nil {
		fetch = &tokenFetch{done: make(chan struct{})}
		c.fetching = fetch
		// The request has the values of the first caller's context, but does not end with it: other calls wait, too.
		go c.fetch(context.WithoutCancel(ctx), fetch)
	}
	c.mu.Unlock()
	if usable {
		return current.authorization, true, nil
	}
	select {
	case <-fetch.done:
		return fetch.token.authorization, false, fetch.err
	case <-ctx.Done():
		return "", false, &TokenError{Reason: "the call ended while it waited for the token", Err: contextError(ctx)}
	}
}

func (c *tokenCache) drop(authorization string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current.authorization == authorization {
		c.current = accessToken{}
	}
}

// fetch requests a token and wakes the calls that wait. A RoundTripper that panics or calls runtime.Goexit must not end
// the program or leave the calls waiting.
func (c *tokenCache) fetch(ctx context.Context, f *tokenFetch) {
	f.err = &TokenError{Reason: "the transport panicked or ended the goroutine"}
	defer func() {
		_ = recover() // f.err says it.
		c.mu.Lock()
		c.fetching = nil
		if f.err != nil {
			c.failure, c.failedAt = f.err, time.Now()
		} else {
			c.current, c.failure = f.token, nil
		}
		c.mu.Unlock()
		close(f.done)
	}()
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	f.token, f.err = c.request(ctx)
}

func (c *tokenCache) request(ctx context.Context) (accessToken, error) {
	r, err := c.post(ctx)
	for attempt, backoff := 1, c.retry.Backoff; err != nil && attempt < c.retry.Attempts; attempt++ {
		// To ask for a token twice does no harm, but only a failed connection makes it worth it.
		if !isTemporary(err) || sleep(ctx, backoff) != nil {
			break
		}
		r, err = c.post(ctx)
		backoff *= 2
	}
	if err != nil {
		return accessToken{}, &TokenError{Reason: "the token endpoint did not respond", Err: err}
	}
	return parseToken(r)
}

func (c *tokenCache) post(ctx context.Context) (*response, error) {
	req, err := c.secret.tokenRequest(ctx, c.url)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	return readResponse(resp), nil
}

// parseToken parses a response of the token endpoint (RFC 6749, sections 5.1 and 5.2).
func parseToken(r *response) (accessToken, error) {
	var body struct {
		AccessToken      string          `json:"access_token"`
		TokenType        string          `json:"token_type"`
		ExpiresIn        json.RawMessage `json:"expires_in"`
		Error            string          `json:"error"`
		ErrorDescription string          `json:"error_description"`
	}
	err := unmarshalLenient(r.body, &body)
	reason := ""
	switch {
	case r.bodyErr != nil:
		reason = "the token endpoint's response could not be read"
	case r.status != http.StatusOK:
		reason = "the token endpoint refused"
	case err != nil:
		reason = "the token endpoint's response is not JSON"
	case !isTokenText(body.AccessToken):
		reason = "the token endpoint's response has no usable access_token"
	case body.TokenType != "" && !strings.EqualFold(body.TokenType, "Bearer"):
		reason = "the token endpoint's token_type is not Bearer"
	default:
		now, lifetime := time.Now(), tokenLifetime(body.ExpiresIn)
		return accessToken{
			authorization: bearer + body.AccessToken,
			renewAt:       now.Add(max(lifetime-tokenMargin, lifetime*3/4)),
			expires:       now.Add(lifetime),
		}, nil
	}
	return accessToken{}, &TokenError{
		StatusCode:    r.status,
		Code:          body.Error,
		Description:   body.ErrorDescription,
		Reason:        reason,
		CorrelationID: r.correlationID,
		Err:           r.bodyErr,
	}
}

// tokenLifetime parses expires_in: seconds, as a number or as a string. A token with a lifetime of 0 or less is used
// once.
func tokenLifetime(raw json.RawMessage) time.Duration {
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || math.IsNaN(seconds) {
		return tokenDefaultLifetime
	}
	return time.Duration(max(0, min(seconds, tokenMaxLifetime.Seconds())) * float64(time.Second))
}
