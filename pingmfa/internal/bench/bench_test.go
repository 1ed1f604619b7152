package main

import (
	"context"
	"io"
	"net/http"
	"strings"
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
		for i, name := range clients {
			call, err := p.call(i, memoryURL, &http.Client{Transport: memory(p.response)})
			require.NoError(b, err)
			b.Run(p.name+"/"+name, func(b *testing.B) { benchmark(ctx, b, call) })
		}
	}
}

// values are the parts of a response that the clients are compared by.
type values struct {
	ID, Status, UserID, CreatedAt string
	Devices                       int
}

func valuesOf(result any) values {
	const layout = "2006-01-02T15:04:05.000Z"
	switch r := result.(type) {
	case *authentication:
		return values{r.ID, r.Status, r.User.ID, r.CreatedAt.Format(layout), len(r.Embedded.Devices)}
	case *gen.DeviceAuthentication:
		return values{r.ID, string(r.Status), r.User.ID, r.CreatedAt, len(r.Embedded.Devices)}
	case *pingmfa.Authentication:
		return values{r.ID, string(r.Status), r.UserID, r.CreatedAt.Format(layout), len(r.Devices)}
	case *createdDevice:
		return values{r.ID, r.Status, r.User.ID, r.CreatedAt.Format(layout), 0}
	case *gen.Device:
		return values{r.ID, string(r.Status), r.User.ID, r.CreatedAt, 0}
	case *pingmfa.Device:
		return values{r.ID, string(r.Status), r.UserID, r.CreatedAt.Format(layout), 0}
	}
	return values{}
}

// The clients do the same work: each sends the request of the vendor's page and reads its response.
func TestClientsDoTheSame(t *testing.T) {
	list, err := pages()
	require.NoError(t, err)
	require.Len(t, list, 4)
	for _, p := range list {
		var results [len(clients)]values
		for i, name := range clients {
			name = p.name + " by " + name
			sent := 0
			transport := roundTripper(func(req *http.Request) (*http.Response, error) {
				if !strings.HasSuffix(req.URL.Path, "/as/token") {
					sent++
					body, _ := io.ReadAll(req.Body)
					assert.JSONEq(t, string(p.vector.Request.Body), string(body), name)
					assert.Equal(t, p.vector.Request.Path, req.URL.Path, name)
					assert.Equal(t, "Bearer "+accessToken, req.Header.Get("Authorization"), name)
				}
				return memory(p.response)(req)
			})
			call, err := p.call(i, memoryURL, &http.Client{Transport: transport})
			require.NoError(t, err, name)
			result, err := call(t.Context())
			require.NoError(t, err, name)
			assert.Equal(t, 1, sent, name)
			results[i] = valuesOf(result)
			assert.Equal(t, results[byHand], results[i], name)
			assert.Contains(t, string(p.vector.Response.Body), `"id": "`+results[i].ID+`"`, name)
		}
	}
}

// Below the rate limit, all calls succeed. In a burst that the limit admits within maxWait, most calls succeed only if
// they wait as the 429 says.
func TestSimulation(t *testing.T) {
	for p := range policies {
		assert.Zero(t, simulate(p, 40, 0).failed, p)
	}
	shared := simulate(sharedWait, 40, 200)
	assert.Equal(t, shared, simulate(sharedWait, 40, 200), "two runs differ")
	assert.Less(t, shared.failed, simulate(blindRetry, 40, 200).failed/2)
	assert.Less(t, shared.failed, simulate(noRetry, 40, 200).failed/2)
}
