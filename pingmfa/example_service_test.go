package pingmfa_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// service asks users who have entered their password for a second factor.
type service struct {
	client *pingmfa.Client
	// session returns the session of the user who sent the request.
	session func(*http.Request) *session
}

type session struct {
	userID string
	// authenticationID is all that a login keeps between two requests. It is not in a URL or a form: the user could
	// replace it by that of another login.
	authenticationID string
	loggedIn         bool
}

func (s service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		auth, err := s.client.StartAuthentication(contextOf(r), pingmfa.AuthenticationRequest{UserID: s.session(r).userID})
		if err == nil {
			s.session(r).authenticationID = auth.ID
		}
		s.respond(w, r, auth, err)
	})
	mux.HandleFunc("POST /login/device", func(w http.ResponseWriter, r *http.Request) {
		auth, err := s.client.SelectDevice(contextOf(r), s.session(r).authenticationID, r.PostFormValue("device"))
		s.respond(w, r, auth, err)
	})
	mux.HandleFunc("POST /login/passcode", func(w http.ResponseWriter, r *http.Request) {
		auth, err := s.client.CheckOTP(contextOf(r), s.session(r).authenticationID, r.PostFormValue("passcode"))
		s.respond(w, r, auth, err)
	})
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) { // for the page that waits for a push
		auth, err := s.client.Authentication(contextOf(r), s.session(r).authenticationID)
		s.respond(w, r, auth, err)
	})
	return mux
}

// contextOf returns a context that goes on if the browser disconnects: PingOne may have sent a message by then.
// [pingmfa.Config].Timeout ends it.
func contextOf(r *http.Request) context.Context { return context.WithoutCancel(r.Context()) }

// respond shows the next step or the reason of a failure.
func (s service) respond(w http.ResponseWriter, r *http.Request, auth *pingmfa.Authentication, err error) {
	session := s.session(r)
	if pingmfa.OutcomeOf(err) == pingmfa.OutcomeUnknown && session.authenticationID != "" {
		// PingOne may have acted: the authentication says whether it did.
		auth, err = s.client.Authentication(contextOf(r), session.authenticationID)
	}
	if err != nil {
		showFailure(w, err)
		return
	}
	switch step := auth.Next().(type) {
	case pingmfa.SelectDevice:
		for _, device := range step.Devices {
			fmt.Fprintln(w, "device", device.ID, "is", device.Type, device.Phone)
		}
	case pingmfa.EnterOTP:
		fmt.Fprintln(w, "enter the passcode that was sent to", step.Device.Phone+step.Device.Email)
	case pingmfa.ConfirmPush:
		fmt.Fprintln(w, "confirm the login on your phone")
	case pingmfa.Done:
		session.authenticationID, session.loggedIn = "", true
		fmt.Fprintln(w, "welcome")
	case pingmfa.AssertFIDO2, pingmfa.Failed, pingmfa.UnknownStep: // see the other examples for passkeys
		http.Error(w, "you cannot log in", http.StatusForbidden)
	}
}

func showFailure(w http.ResponseWriter, err error) {
	var refused *pingmfa.Error
	if !errors.As(err, &refused) || !refused.Has(pingmfa.CodeInvalidOTP) {
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintln(w, "the passcode is wrong")
	if tries, ok := refused.AttemptsRemaining(); ok {
		fmt.Fprintln(w, "you have", tries, "tries left")
	}
}

// A login is several requests to an HTTP service, which keeps the id of the authentication and nothing else.
func Example_httpService() {
	fake, client, stop := fakeTenant()
	defer stop()
	user := &session{userID: fake.UserWithSeveralDevices().UserID}
	handler := service{client, func(*http.Request) *session { return user }}.handler()
	post := func(path string, form url.Values) {
		request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, request)
		fmt.Println("POST", path+":", response.Code)
		fmt.Print(response.Body)
	}

	post("/login", nil)
	lost := pingmfatest.Response{Status: http.StatusBadGateway, Acted: true} // in place of the response to the selection
	fake.Script(pingmfatest.OpContinueDeviceAuthentication, lost)
	post("/login/device", url.Values{"device": {"37df7055-5fc8-4850-8391-dc2af4289345"}})
	post("/login/passcode", url.Values{"passcode": {"0000000000"}})
	post("/login/passcode", url.Values{"passcode": {fake.Messages()[0].Passcode}})
	// Output:
	// POST /login: 200
	// device 6697f628-7712-4e71-b52b-920ba0635020 is SMS *******50
	// device 37df7055-5fc8-4850-8391-dc2af4289345 is VOICE *******11
	// POST /login/device: 200
	// enter the passcode that was sent to *******11
	// POST /login/passcode: 400
	// the passcode is wrong
	// you have 2 tries left
	// POST /login/passcode: 200
	// welcome
}
