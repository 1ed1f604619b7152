package pingmfa_test

import (
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// An answer of 1 MiB is read; one byte more, and it is an error, with nothing cut. Either way it makes no difference
// whether the server says beforehand how long the answer is.
func TestBodyLimitIsAnErrorNotACut(t *testing.T) {
	const limit = 1 << 20
	document := `{"id":"` + policyID + `","status":"COMPLETED"}`
	for name, length := range map[string]int{"just inside": limit, "just outside": limit + 1} {
		for _, announced := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, announced %t", name, announced), func(t *testing.T) {
				x := newTenant(t)
				answer := pingmfatest.Answer{Status: http.StatusCreated, Body: document + strings.Repeat(" ", length-len(document))}
				if announced {
					answer.Header = http.Header{"Content-Length": {fmt.Sprint(length)}}
				}
				x.script(answer)
				auth, err := x.start(t)
				if length <= limit {
					require.NoError(t, err)
					assert.Len(t, auth.Raw(), length)
					return
				}
				var unreadable *pingmfa.ResponseError
				require.ErrorAs(t, err, &unreadable)
				assert.Contains(t, unreadable.Reason, "1 MiB")
				assert.Equal(t, pingmfa.OutcomeAccepted, pingmfa.OutcomeOf(err))
				assert.Nil(t, auth)
			})
		}
	}
}

// Whatever the server sends, a call costs less than 4 MiB. Client and server share this process and nothing is
// collected meanwhile, so that is all that both of them allocate.
func TestHugeAnswersCostLittleMemory(t *testing.T) {
	for _, fault := range []pingmfatest.Fault{
		pingmfatest.FaultHugeBody, // 1 GiB
		pingmfatest.FaultEndlessBody,
		pingmfatest.FaultGzipBomb,
		pingmfatest.FaultHugeHeader,
		pingmfatest.FaultEndlessHeaders,
		pingmfatest.FaultEndlessHints,
	} {
		for _, operation := range []string{pingmfatest.OpCreateDeviceAuthentication, pingmfatest.OpToken} {
			t.Run(fault.Name+"/"+operation, func(t *testing.T) {
				heapRise(t, fault, operation) // the fake makes some of its answers once
				rise := heapRise(t, fault, operation)
				t.Logf("%.2f MiB", rise)
				assert.Less(t, rise, 4.0)
			})
		}
	}
}

// heapRise is by how many MiB a call raises the heap that meets a fault.
func heapRise(t *testing.T, fault pingmfatest.Fault, operation string) float64 {
	t.Helper()
	x := newTenant(t)
	if operation != pingmfatest.OpToken {
		_, err := x.start(t)
		require.NoError(t, err)
	}
	x.Inject(operation, fault)
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := x.start(t)
	runtime.ReadMemStats(&after)
	require.Error(t, err)
	return (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / (1 << 20)
}

// The default transport reads 64 KiB of headers, and no more.
func TestHeadersAreBounded(t *testing.T) {
	for size, fine := range map[int]bool{32 << 10: true, 128 << 10: false} {
		x := newTenant(t)
		x.script(pingmfatest.Answer{
			Status: http.StatusCreated,
			Header: http.Header{"X-Long": {strings.Repeat("x", size)}},
			Body:   `{"id":"` + policyID + `","status":"COMPLETED"}`,
		})
		_, err := x.start(t)
		assert.Equal(t, fine, err == nil)
		if !fine {
			assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err))
		}
	}
}

// A caller's own client may follow redirects elsewhere; here it does not, and so nobody else gets the token.
func TestRedirectsAreRefusedWhateverTheCallersClientSays(t *testing.T) {
	server := pingmfatest.NewTLSServer(t)
	server.AddUser(pingmfatest.User{ID: userID})
	follow := *server.Client()
	follow.CheckRedirect = func(*http.Request, []*http.Request) error { return nil }
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: server.EnvironmentID,
		AuthURL:       server.AuthURL,
		APIURL:        server.APIURL,
		Credentials:   pingmfa.ClientSecret{ID: server.ClientID, Secret: server.ClientSecret},
		HTTPClient:    &follow,
	})
	require.NoError(t, err)
	for _, operation := range []string{pingmfatest.OpToken, pingmfatest.OpCreateDeviceAuthentication} {
		server.Inject(operation, pingmfatest.FaultTemporaryRedirect)
		require.Error(t, start(t.Context(), client))
		server.Heal(operation)
	}
	assert.Empty(t, server.Violations(), "the host that redirects point to tells on whoever comes")
}
