package pingmfa

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type countingTransport int

func (c *countingTransport) RoundTrip(*http.Request) (*http.Response, error) {
	*c++
	return nil, errors.New("no network")
}

// A failure is remembered for a second, and not longer when the clock is set back.
func TestFailureDoesNotOutliveAClockThatIsSetBack(t *testing.T) {
	for age, requests := range map[time.Duration]int{
		0: 0, time.Second - 1: 0, time.Second: 1, -time.Hour: 1,
	} {
		synctest.Test(t, func(t *testing.T) {
			var sent countingTransport
			failure := errors.New("failure")
			cache := &tokenCache{
				secret:  ClientSecret{ID: "id", Secret: "secret"},
				url:     "https://auth.pingone.eu/as/token",
				http:    &http.Client{Transport: &sent},
				failure: failure,
				// Without its monotonic clock, as after a suspension of the machine.
				failedAt: time.Now().Add(-age).Round(0),
			}
			_, _, err := cache.authorization(t.Context())
			require.Error(t, err)
			assert.Equal(t, requests == 0, errors.Is(err, failure), age)
			assert.Equal(t, requests, int(sent), age)
		})
	}
}
