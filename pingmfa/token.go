package pingmfa

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	tokenTimeout = 10 * time.Second
	// A token is renewed this long before it expires, or after three quarters of a life that is shorter than that.
	tokenMargin = 5 * time.Minute
	// A token endpoint that failed is left alone this long; calls in between get the same error.
	tokenFailureMemory = time.Second
	// What an answer without expires_in is taken for, and the longest life that is believed.
	tokenDefaultLife = 5 * time.Minute
	tokenMaxLife     = 24 * time.Hour
)

// TokenError says why there is no access token. Nothing was sent to PingOne MFA.
type TokenError struct {
	// StatusCode is the token endpoint's HTTP status; 0 when it did not answer.
	StatusCode int
	// Code is the OAuth 2.0 error, such as invalid_client (RFC 6749, section 5.2). May be empty.
	Code string
	// Description is the endpoint's error_description. It may repeat what was sent: don't log it.
	Description string `json:"-"`
	// Reason says it in this package's words.
	Reason string
	// CorrelationID is the answer's Correlation-Id.
	CorrelationID string `json:"-"`
	// Err is the cause, if there is one.
	Err error `json:"-"`
}

// Error says why, without any text of the endpoint's.
func (e *TokenError) Error() string { return "pingmfa: " + e.text() }

// Unwrap returns the cause.
func (e *TokenError) Unwrap() error { return e.Err }

func (e *TokenError) outcome() Outcome { return OutcomeNotSent }

// Format writes what Error returns, whatever the verb.
func (e TokenError) Format(f fmt.State, verb rune) { writeText(f, verb, e.Error()) }

func (e *TokenError) text() string {
	text := "no access token: " + e.Reason
	if e.StatusCode != 0 {
		text += fmt.Sprintf(", status %d", e.StatusCode)
	}
	if oauthErrors[e.Code] {
		text += " " + e.Code
	}
	if e.Err != nil {
		text += ": " + describe(e.Err)
	}
	if id := safeID(e.CorrelationID); id != "" {
		text += " [Correlation-Id " + id + "]"
	}
	return text
}

// oauthErrors are the codes of RFC 6749, section 5.2; others may hold anything and are not repeated in a text.
var oauthErrors = set("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
	"unsupported_grant_type", "invalid_scope")

// tokenCache gets tokens with a client secret: one request at a time, however many calls wait for it.
type tokenCache struct {
	secret ClientSecret
	url    string
	http   *http.Client
	retry  Retry
	clock  Clock

	mu       sync.Mutex
	current  accessToken
	fetching *tokenFetch
	failure  error
	failedAt time.Time
}

type accessToken struct {
	value            string
	renewAt, expires time.Time
}

// tokenFetch is one request for a token that any number of calls wait for.
type tokenFetch struct {
	done  chan struct{}
	token accessToken
	err   error
}

func (c *tokenCache) token(ctx context.Context) (string, bool, error) {
	now := c.clock.Now()
	c.mu.Lock()
	current := c.current
	if current.value != "" && now.Before(current.renewAt) {
		c.mu.Unlock()
		return current.value, true, nil
	}
	usable := current.value != "" && now.Before(current.expires)
	if c.failure != nil && now.Sub(c.failedAt) < tokenFailureMemory {
		err := c.failure
		c.mu.Unlock()
		if usable {
			return current.value, true, nil
		}
		return "", false, err
	}
	fetch := c.fetching
	if fetch == nil {
		fetch = &tokenFetch{done: make(chan struct{})}
		c.fetching = fetch
		// The first caller's values go along, its end does not: others wait for the same answer.
		go c.fetch(context.WithoutCancel(ctx), fetch)
	}
	c.mu.Unlock()
	if usable {
		return current.value, true, nil
	}
	select {
	case <-fetch.done:
		return fetch.token.value, false, fetch.err
	case <-ctx.Done():
		return "", false, &TokenError{Reason: "the call ended while waiting for it", Err: context.Cause(ctx)}
	}
}

func (c *tokenCache) drop(value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current.value == value {
		c.current = accessToken{}
	}
}

func (c *tokenCache) fetch(ctx context.Context, f *tokenFetch) {
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	f.token, f.err = c.request(ctx)

	c.mu.Lock()
	c.fetching = nil
	if f.err != nil {
		c.failure, c.failedAt = f.err, c.clock.Now()
	} else {
		c.current, c.failure = f.token, nil
	}
	c.mu.Unlock()
	close(f.done)
}

func (c *tokenCache) request(ctx context.Context) (accessToken, error) {
	answer, err := c.post(ctx)
	for attempt, backoff := 1, c.retry.Backoff; err != nil && attempt < c.retry.Attempts; attempt++ {
		// A token that is asked for twice does no harm, but only a failed connection is worth it.
		if !connectionMayCome(err) || c.clock.Sleep(ctx, backoff) != nil {
			break
		}
		answer, err = c.post(ctx)
		backoff *= 2
	}
	if err != nil {
		return accessToken{}, &TokenError{Reason: "the token endpoint did not answer", Err: err}
	}
	fail := &TokenError{StatusCode: answer.status, CorrelationID: answer.correlationID, Err: answer.bodyErr}
	if answer.bodyErr != nil {
		fail.Reason = "the token endpoint's answer could not be read"
		return accessToken{}, fail
	}
	return parseToken(answer.body, fail, c.clock.Now())
}

func (c *tokenCache) post(ctx context.Context) (answer, error) {
	req, err := c.secret.tokenRequest(ctx, c.url)
	if err != nil {
		return answer{}, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	return readAnswer(resp, c.clock), nil
}

// parseToken reads a token endpoint's answer (RFC 6749, sections 5.1 and 5.2); fail is what it fills in and returns
// when there is no token in it.
func parseToken(body []byte, fail *TokenError, now time.Time) (accessToken, error) {
	var answer struct {
		AccessToken      string          `json:"access_token"`
		TokenType        string          `json:"token_type"`
		ExpiresIn        json.RawMessage `json:"expires_in"`
		Error            string          `json:"error"`
		ErrorDescription string          `json:"error_description"`
	}
	err := unmarshalLenient(body, &answer)
	fail.Code, fail.Description = answer.Error, answer.ErrorDescription
	switch {
	case fail.StatusCode != http.StatusOK:
		fail.Reason = "the token endpoint refused"
	case err != nil:
		fail.Reason = "the token endpoint's answer is no JSON"
	case !tokenShape(answer.AccessToken):
		fail.Reason = "the token endpoint's answer holds no usable access_token"
	case answer.TokenType != "" && !strings.EqualFold(answer.TokenType, "Bearer"):
		fail.Reason = "the token endpoint's token_type is not Bearer"
	default:
		life := tokenLife(answer.ExpiresIn)
		return accessToken{
			value:   answer.AccessToken,
			renewAt: now.Add(max(life-tokenMargin, life*3/4)),
			expires: now.Add(life),
		}, nil
	}
	return accessToken{}, fail
}

// tokenLife reads expires_in: seconds, also as a string. A life of 0 or less makes a token that is used once.
func tokenLife(raw json.RawMessage) time.Duration {
	if len(raw) == 0 || string(raw) == "null" {
		return tokenDefaultLife
	}
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || math.IsNaN(seconds) {
		return tokenDefaultLife
	}
	return time.Duration(max(0, min(seconds, tokenMaxLife.Seconds())) * float64(time.Second))
}
