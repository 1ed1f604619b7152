package pingmfa_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// service asks users who have entered their password for a second factor.
type service struct {
	client *pingmfa.Client
	// session returns the session of the user who sent a request.
	session func(*http.Request) *session
}

// session is what the service keeps of a browser. Its store locks it: one request of a session is handled at a time.
type session struct {
	userID string
	// authenticationID is all that a login keeps between two requests. It is not in a URL or a form, where the user could
	// replace it by the id of another login.
	authenticationID string
	// unclear means that it is not known what PingOne did with the last action on the authentication.
	unclear  bool
	loggedIn bool
}

// action is what a request of a user does.
type action func(context.Context, *session, *http.Request) (*pingmfa.Authentication, error)

func (s service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /login", s.handle(s.start))
	mux.Handle("POST /login/device", s.handle(s.selectDevice))
	mux.Handle("POST /login/passcode", s.handle(s.checkPasscode))
	mux.Handle("GET /login", s.handle(s.read)) // for the page that waits for a push
	return mux
}

func (s service) start(ctx context.Context, session *session, _ *http.Request) (*pingmfa.Authentication, error) {
	session.authenticationID, session.unclear = "", false
	return s.client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: session.userID})
}

func (s service) selectDevice(
	ctx context.Context, session *session, r *http.Request,
) (*pingmfa.Authentication, error) {
	return s.client.SelectDevice(ctx, session.authenticationID, r.PostFormValue("device"))
}

func (s service) checkPasscode(
	ctx context.Context, session *session, r *http.Request,
) (*pingmfa.Authentication, error) {
	return s.client.CheckOTP(ctx, session.authenticationID, r.PostFormValue("passcode"))
}

func (s service) read(ctx context.Context, session *session, _ *http.Request) (*pingmfa.Authentication, error) {
	return s.client.Authentication(ctx, session.authenticationID)
}

func (s service) handle(act action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// If the browser disconnects, the call goes on: PingOne may have sent a message. Config.Timeout ends it.
		ctx := context.WithoutCancel(r.Context())
		session := s.session(r)
		if session.unclear {
			act = s.read // PingOne refuses any other action if the authentication is finished.
		}
		auth, err := act(ctx, session, r)
		if mayHaveActed(err) && session.authenticationID != "" && !session.unclear {
			auth, err = s.read(ctx, session, r) // It says whether PingOne did.
		}
		session.unclear = mayHaveActed(err) && session.authenticationID != ""
		status, text := page(session, auth, err)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

// mayHaveActed reports whether PingOne may have sent a message or counted a passcode, despite an error.
func mayHaveActed(err error) bool {
	outcome := pingmfa.OutcomeOf(err)
	return err != nil && (outcome == pingmfa.OutcomeUnknown || outcome == pingmfa.OutcomeAccepted)
}

// page returns the page of the next step, or of a failure.
func page(session *session, auth *pingmfa.Authentication, err error) (status int, text string) {
	var (
		invalid *pingmfa.ArgumentError
		refused *pingmfa.Error
	)
	switch {
	case errors.As(err, &invalid) && invalid.Field == "authenticationID":
		return http.StatusBadRequest, "log in first"
	case errors.As(err, &invalid):
		return http.StatusBadRequest, "this is not a passcode or a device"
	case errors.As(err, &refused) && refused.Has(pingmfa.CodeNotFound): // finished or expired
		return http.StatusBadRequest, "log in again"
	case errors.As(err, &refused) && refused.Has(pingmfa.CodeInvalidOTP):
		text = "the passcode is wrong"
		if tries, ok := refused.AttemptsRemaining(); ok {
			text += fmt.Sprintf(", tries left: %d", tries)
		}
		return http.StatusBadRequest, text
	case errors.As(err, &refused) && refused.Has(pingmfa.CodeQuotaExceeded):
		if until, ok := refused.LockedUntil(); ok {
			return http.StatusTooManyRequests, fmt.Sprint("too many passcodes, wait for ", time.Until(until).Round(time.Minute))
		}
		return http.StatusTooManyRequests, "too many messages or passcodes, try again later"
	case session.unclear:
		return http.StatusServiceUnavailable, "reload this page"
	case mayHaveActed(err):
		return http.StatusServiceUnavailable, "look for a message before you try again"
	case err != nil:
		return http.StatusServiceUnavailable, "try again later"
	}
	session.authenticationID = auth.ID
	switch step := auth.Next().(type) {
	case pingmfa.SelectDevice:
		text = "select a device:"
		for _, device := range step.Devices {
			text += fmt.Sprintf("\n%s %s is %s", device.Type, device.Phone, device.ID)
		}
	case pingmfa.EnterOTP:
		text = "enter the passcode that was sent to " + step.Device.Phone + step.Device.Email
	case pingmfa.ConfirmPush:
		text = "confirm the login on your phone"
	case pingmfa.Done:
		if auth.UserID != session.userID {
			return http.StatusForbidden, "you cannot log in"
		}
		session.authenticationID, session.loggedIn = "", true
		text = "you are logged in"
	case pingmfa.AssertFIDO2, pingmfa.Failed, pingmfa.UnknownStep: // this service has no page for passkeys
		return http.StatusForbidden, "you cannot log in"
	}
	return http.StatusOK, text
}

// A login is several requests to an HTTP service, which keeps the id of the authentication between them.
func Example_httpService() {
	fake := pingmfatest.New(pingmfatest.Options{})
	server := httptest.NewServer(fake)
	defer server.Close()
	authURL, apiURL := fake.URLs(server.URL)
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: fake.EnvironmentID, AuthURL: authURL, APIURL: apiURL,
		Credentials: pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
	})
	if err != nil {
		log.Fatal(err)
	}
	user := &session{userID: fake.UserWithSeveralDevices().UserID}
	handler := service{client, func(*http.Request) *session { return user }}.handler()
	send := func(method, path string, form url.Values) {
		body := strings.NewReader(form.Encode())
		request := httptest.NewRequestWithContext(context.Background(), method, path, body)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, request)
		fmt.Println(method, path, response.Code, response.Body)
	}

	send("POST", "/login/passcode", url.Values{"passcode": {"123456"}})
	send("POST", "/login", nil)
	lost := pingmfatest.Response{Status: http.StatusBadGateway, Acted: true} // in place of the response to the selection
	fake.Script(pingmfatest.OpContinueDeviceAuthentication, lost)
	send("POST", "/login/device", url.Values{"device": {"37df7055-5fc8-4850-8391-dc2af4289345"}})
	send("POST", "/login/passcode", url.Values{"passcode": {"12 34"}})
	send("POST", "/login/passcode", url.Values{"passcode": {"0000000000"}})
	unreadable := pingmfatest.Response{Status: http.StatusOK, Body: "{", Acted: true}
	fake.Script(pingmfatest.OpContinueDeviceAuthentication, unreadable)
	fake.InjectAlways(pingmfatest.OpReadDeviceAuthentication, pingmfatest.FaultServerError)
	send("POST", "/login/passcode", url.Values{"passcode": {fake.Messages()[0].Passcode}})
	fake.Reset(pingmfatest.OpReadDeviceAuthentication)
	send("GET", "/login", nil)
	fmt.Println(user.loggedIn, len(fake.Messages()), "message")
	// Output:
	// POST /login/passcode 400 log in first
	// POST /login 200 select a device:
	// SMS *******50 is 6697f628-7712-4e71-b52b-920ba0635020
	// VOICE *******11 is 37df7055-5fc8-4850-8391-dc2af4289345
	// POST /login/device 200 enter the passcode that was sent to *******11
	// POST /login/passcode 400 this is not a passcode or a device
	// POST /login/passcode 400 the passcode is wrong, tries left: 2
	// POST /login/passcode 503 reload this page
	// GET /login 200 you are logged in
	// true 1 message
}
