package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/gen"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// BenchmarkCall is the comparison in memory, for benchstat and profiles.
func BenchmarkCall(b *testing.B) {
	list, err := pages()
	require.NoError(b, err)
	ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
	defer cancel()
	for _, p := range list {
		for _, client := range clients {
			call, err := p.call(client, "http://127.0.0.1", &http.Client{Transport: memory{p.response}})
			require.NoError(b, err)
			b.Run(p.name+"/"+client, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := call(ctx); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// recorder keeps the last request that was not for a token.
type recorder struct {
	memory

	request *http.Request
	body    []byte
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("Content-Type") == "application/json" {
		r.request = req
		r.body, _ = io.ReadAll(req.Body)
	}
	return r.memory.RoundTrip(req)
}

// values are the parts of a response that the clients are compared by.
type values struct {
	ID, Status, UserID string
	CreatedAt          time.Time
	Devices            []deviceValues
}

type deviceValues struct{ ID, Type, Status, Phone, Email string }

func valuesOf(t *testing.T, result any) values {
	t.Helper()
	parse := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		require.NoError(t, err)
		return at
	}
	var v values
	switch r := result.(type) {
	case *authentication:
		v = values{ID: r.ID, Status: r.Status, UserID: r.User.ID, CreatedAt: r.CreatedAt}
		for _, d := range r.Embedded.Devices {
			v.Devices = append(v.Devices, deviceValues{d.ID, d.Type, d.Status, d.Phone, d.Email})
		}
	case *gen.DeviceAuthentication:
		v = values{ID: r.ID, Status: string(r.Status), UserID: r.User.ID, CreatedAt: parse(r.CreatedAt)}
		for _, d := range r.Embedded.Devices {
			v.Devices = append(v.Devices, deviceValues{d.ID, string(d.Type), string(d.Status), d.Phone, d.Email})
		}
	case *pingmfa.Authentication:
		v = values{ID: r.ID, Status: string(r.Status), UserID: r.UserID, CreatedAt: r.CreatedAt}
		for _, d := range r.Devices {
			v.Devices = append(v.Devices, deviceValues{d.ID, string(d.Type), string(d.Status), d.Phone, d.Email})
		}
	case *createdDevice:
		v = values{ID: r.ID, Status: r.Status, UserID: r.User.ID, CreatedAt: r.CreatedAt}
	case *gen.Device:
		v = values{ID: r.ID, Status: string(r.Status), UserID: r.User.ID, CreatedAt: parse(r.CreatedAt)}
	case *pingmfa.Device:
		v = values{ID: r.ID, Status: string(r.Status), UserID: r.UserID, CreatedAt: r.CreatedAt}
	default:
		require.Fail(t, "unexpected result", "%T", result)
	}
	return v
}

// The clients do the same work: each sends the request of the vendor's page and reads its response.
func TestClientsDoTheSame(t *testing.T) {
	list, err := pages()
	require.NoError(t, err)
	for _, p := range list {
		var response struct{ ID, Status string }
		require.NoError(t, json.Unmarshal(p.response, &response))
		var want values
		for _, client := range clients {
			transport := &recorder{memory: memory{p.response}}
			call, err := p.call(client, "http://127.0.0.1", &http.Client{Transport: transport})
			require.NoError(t, err)
			result, err := call(t.Context())
			require.NoError(t, err, "%s by %s", p.name, client)
			got := valuesOf(t, result)
			if client == byHand {
				want = got
			}
			assert.Equal(t, want, got, "%s by %s", p.name, client)
			assert.Equal(t, response.ID, got.ID, "%s by %s", p.name, client)
			assert.Equal(t, response.Status, got.Status, "%s by %s", p.name, client)
			request := transport.request
			assert.Equal(t, p.vector.Request.Method, request.Method, "%s by %s", p.name, client)
			assert.Equal(t, p.vector.Request.Path, request.URL.Path, "%s by %s", p.name, client)
			assert.Equal(t, "Bearer "+accessToken, request.Header.Get("Authorization"), "%s by %s", p.name, client)
			assert.JSONEq(t, string(p.vector.Request.Body), string(transport.body), "%s by %s", p.name, client)
		}
	}
}

// In a burst that the rate limit admits within maxWait, most calls succeed only if they wait as the 429 says. Below the
// limit, all calls succeed.
func TestSimulation(t *testing.T) {
	for p := range policies {
		assert.Zero(t, simulate(p, traffic{rate: 40}).failed, p)
	}
	burst := traffic{rate: 40, burst: 200}
	shared := simulate(sharedWait, burst)
	assert.Equal(t, shared, simulate(sharedWait, burst), "two runs differ")
	assert.Less(t, shared.failed, simulate(blindRetry, burst).failed/2)
	assert.Less(t, shared.failed, simulate(noRetry, burst).failed/2)
}
