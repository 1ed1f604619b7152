package pingmfatest

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Responses that are not a success. They repeat the request wherever they have text.
var (
	FaultBadRequest = register(Fault{
		Name: "bad-request", Doc: "400 with an error of PingOne's form.",
		respond: refusing(http.StatusBadRequest, "INVALID_DATA", "INVALID_VALUE"),
	})
	FaultBrokenError = register(Fault{
		Name: "broken-error", Doc: "400 with half of the JSON.",
		respond: func(f *Fake, call *call, correct Response) Response {
			response := refusing(http.StatusBadRequest, "INVALID_DATA", "INVALID_VALUE")(f, call, correct)
			response.Body = response.Body[:len(response.Body)/2]
			return response
		},
	})
	FaultOddError = register(Fault{
		Name: "odd-error", Doc: "400 whose code, message and details have other JSON types than documented.",
		respond: func(_ *Fake, call *call, _ Response) Response {
			echo := marshal(call.echo())
			return Response{Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"id":7,"code":[%[1]s],"error":{"a":1},`+
				`"message":{"text":%[1]s},"details":[null,7,%[1]s,{"code":1,"message":[%[1]s],"innerError":%[1]s},`+
				`{"code":"INVALID_VALUE","target":{"name":%[1]s}}]}`, echo)}
		},
	})
	FaultEchoingError = register(Fault{
		Name: "echoing-error", Doc: "400 that repeats the request even in its id, codes and Correlation-Id.",
		respond: func(f *Fake, call *call, correct Response) Response {
			echo := call.echo()
			response := refusing(http.StatusBadRequest, echo, echo, "Correlation-Id", echo)(f, call, correct)
			document := decode([]byte(response.Body))
			for _, name := range []string{"id", "error", "error_uri"} {
				document[name] = echo
			}
			response.Body = string(f.encode(document))
			return response
		},
	})
	FaultUnauthorized = register(Fault{
		Name: "unauthorized", Doc: "401 INVALID_TOKEN, although the token is valid.",
		respond: refusing(http.StatusUnauthorized, "ACCESS_FAILED", "INVALID_TOKEN", "WWW-Authenticate", "Bearer"),
	})
	FaultForbidden = register(Fault{
		Name: "forbidden", Doc: "403 INSUFFICIENT_PERMISSIONS.",
		respond: refusing(http.StatusForbidden, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS"),
	})
	FaultNotFound = register(Fault{
		Name: "not-found", Doc: "404 NOT_FOUND.",
		respond: refusing(http.StatusNotFound, "NOT_FOUND", ""),
	})
	FaultRequestTimeout = register(Fault{
		Name: "request-timeout", Doc: "408 with an HTML page, as from a gateway, and the connection is closed.",
		respond: page(http.StatusRequestTimeout, "Connection", "close"),
	})
	FaultUnsupportedMediaType = register(Fault{
		Name: "unsupported-media-type", Doc: "415 INVALID_REQUEST.",
		respond: refusing(http.StatusUnsupportedMediaType, "INVALID_REQUEST", ""),
	})
	FaultRateLimited = register(Fault{
		Name: "rate-limited", Doc: "429 REQUEST_LIMITED with Retry-After: 2.",
		respond: limiting("2"),
	})
	FaultRateLimitedUntil = register(Fault{
		Name: "rate-limited-until", Doc: "429 with Retry-After: an HTTP date three seconds ahead.",
		respond: func(f *Fake, call *call, correct Response) Response {
			until := f.options.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat)
			return limiting(until)(f, call, correct)
		},
	})
	FaultRateLimitedForAges = register(Fault{
		Name: "rate-limited-for-ages", Doc: "429 with Retry-After: 99999999999999999999.",
		respond: limiting("99999999999999999999"),
	})
	FaultRateLimitedOddly = register(Fault{
		Name: "rate-limited-oddly", Doc: "429 with a Retry-After that is neither a number of seconds nor a date.",
		respond: limiting("-1.5 soon"),
	})
	FaultRateLimitedSilently = register(Fault{
		Name: "rate-limited-silently", Doc: "429 without Retry-After.",
		respond: refusing(http.StatusTooManyRequests, "REQUEST_LIMITED", "LIMIT_EXCEEDED"),
	})
	FaultQuotaExceeded = register(Fault{
		Name: "quota-exceeded", Doc: "429 QUOTA_EXCEEDED with Retry-After: 3600: the daily limit of messages is reached.",
		respond: refusing(http.StatusTooManyRequests, "REQUEST_LIMITED", "QUOTA_EXCEEDED", "Retry-After", "3600"),
	})
	FaultServerError = register(Fault{
		Name: "server-error", Doc: "500 UNEXPECTED_ERROR.", ambiguous: true,
		respond: refusing(http.StatusInternalServerError, "UNEXPECTED_ERROR", ""),
	})
	FaultGatewayPage = register(Fault{
		Name: "gateway-page", Doc: "502 with an HTML page.", ambiguous: true,
		respond: page(http.StatusBadGateway),
	})
	FaultUnavailable = register(Fault{
		Name: "unavailable", Doc: "503 without Retry-After.", ambiguous: true,
		respond: refusing(http.StatusServiceUnavailable, "UNEXPECTED_ERROR", ""),
	})
	FaultUnavailableFor = register(Fault{
		Name: "unavailable-for", Doc: "503 with an HTML page and Retry-After: 1.", ambiguous: true,
		respond: page(http.StatusServiceUnavailable, "Retry-After", "1"),
	})
	FaultGatewayTimeout = register(Fault{
		Name: "gateway-timeout", Doc: "504 without a body.", ambiguous: true,
		respond: func(*Fake, *call, Response) Response { return Response{Status: http.StatusGatewayTimeout} },
	})
	FaultMovedPermanently = register(Fault{
		Name: "moved-permanently", Doc: "301 to another host.", ambiguous: true,
		respond: redirecting(http.StatusMovedPermanently),
	})
	FaultFound = register(Fault{
		Name: "found", Doc: "302 to another host. A client that follows it sends a GET.", ambiguous: true,
		respond: redirecting(http.StatusFound),
	})
	FaultTemporaryRedirect = register(Fault{
		Name: "temporary-redirect", Doc: "307 to another host. A client that follows it sends the body again.",
		ambiguous: true, respond: redirecting(http.StatusTemporaryRedirect),
	})
)

// refusing returns a respondFunc for an error in the form of the endpoint. header has names and values in turn.
func refusing(status int, code, detail string, header ...string) respondFunc {
	return func(f *Fake, call *call, _ Response) Response {
		echo := call.echo()
		var details []object
		if detail != "" {
			details = append(details, object{
				"code": detail, "message": echo, "target": echo, "innerError": object{"claim": echo},
			})
		}
		response := f.refusal(status, code, echo, details...)
		if call.Operation == OpToken {
			response.Body = string(f.encode(object{"error": "invalid_client", "error_description": echo}))
		}
		response.Header.Set("X-Echo", echo)
		for i := 0; i < len(header); i += 2 {
			response.Header.Set(header[i], header[i+1])
		}
		return response
	}
}

func limiting(retryAfter string) func(*Fake, *call, Response) Response {
	return refusing(http.StatusTooManyRequests, "REQUEST_LIMITED", "LIMIT_EXCEEDED", "Retry-After", retryAfter)
}

// page returns a respondFunc for an HTML page of an intermediary. It has no Correlation-Id.
func page(status int, header ...string) respondFunc {
	return func(_ *Fake, call *call, _ Response) Response {
		response := Response{Status: status, Header: http.Header{}, Body: fmt.Sprintf(
			"<html><head><title>%s</title></head><body>%s</body></html>", http.StatusText(status), call.echo())}
		response.Header.Set("Content-Type", "text/html; charset=utf-8")
		response.Header["Correlation-Id"] = nil
		for i := 0; i < len(header); i += 2 {
			response.Header.Set(header[i], header[i+1])
		}
		return response
	}
}

func redirecting(status int) respondFunc {
	return func(f *Fake, call *call, _ Response) Response {
		response := Response{Status: status, Header: http.Header{}}
		response.Header.Set("Location", f.redirectURL()+"/?"+url.Values{"echo": {call.echo()}}.Encode())
		return response
	}
}
