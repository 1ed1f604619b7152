// Otel shows how OpenTelemetry traces the requests of a client: otelhttp wraps the transport, and names each span by the
// operation and the number of the request in its call. It logs in on the fake and prints the spans.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// tracedClient returns an http.Client for pingmfa.Config. A span has the name of its operation, and the number of the
// request as an attribute. No id of a user is in a name; otelhttp's own attributes have the URL, which has ids.
func tracedClient(provider oteltrace.TracerProvider) *http.Client {
	numbered := roundTripper(func(req *http.Request) (*http.Response, error) {
		if _, number, ok := pingmfa.AttemptOf(req.Context()); ok {
			oteltrace.SpanFromContext(req.Context()).SetAttributes(attribute.Int("pingmfa.attempt", number))
		}
		return http.DefaultTransport.RoundTrip(req)
	})
	return &http.Client{Transport: otelhttp.NewTransport(numbered,
		otelhttp.WithTracerProvider(provider),
		otelhttp.WithSpanNameFormatter(func(_ string, req *http.Request) string {
			if operation, _, ok := pingmfa.AttemptOf(req.Context()); ok {
				return "pingmfa." + operation
			}
			return "pingmfa token"
		}),
	)}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func main() {
	spans := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	fake := pingmfatest.New(pingmfatest.Options{})
	server := httptest.NewServer(fake)
	defer server.Close()
	authURL, apiURL := fake.URLs(server.URL)
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: fake.EnvironmentID, AuthURL: authURL, APIURL: apiURL,
		Credentials: pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
		HTTPClient:  tracedClient(provider),
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, login := provider.Tracer("service").Start(context.Background(), "login")
	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: fake.UserWithEmailDevice().UserID})
	if err != nil {
		log.Fatal(err)
	}
	fake.RevokeTokens() // The client gets a new token, and sends the request again.
	if _, err := client.CheckOTP(ctx, auth.ID, fake.Messages()[0].Passcode); err != nil {
		log.Fatal(err)
	}
	login.End()
	for _, span := range spans.Ended() {
		fmt.Println(span.Name())
		for _, a := range span.Attributes() {
			if a.Key == "pingmfa.attempt" || a.Key == "http.response.status_code" {
				fmt.Println(" ", a.Key, a.Value.Emit())
			}
		}
	}
}
