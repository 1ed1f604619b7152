package pingmfatest

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Answers that are no success.
var (
	FaultBadRequest = onMenu(Fault{
		Name: "bad-request", Doc: "400 in PingOne's error envelope.",
		answer: refusing(http.StatusBadRequest, "INVALID_DATA", "INVALID_VALUE"),
	})
	FaultBrokenError = onMenu(Fault{
		Name: "broken-error", Doc: "400 whose JSON ends in the middle.",
		answer: func(f *Fake, call *call, truth Response) Response {
			answer := refusing(http.StatusBadRequest, "INVALID_DATA", "INVALID_VALUE")(f, call, truth)
			answer.Body = answer.Body[:len(answer.Body)/2]
			return answer
		},
	})
	FaultOddError = onMenu(Fault{
		Name: "odd-error", Doc: "400 whose code, message and details are JSON of other types than documented.",
		answer: func(_ *Fake, call *call, _ Response) Response {
			echo := scalar(call.echo())
			return Response{Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"id":7,"code":[%[1]s],"error":{"a":1},`+
				`"message":{"text":%[1]s},"details":[null,7,%[1]s,{"code":1,"message":[%[1]s],"innerError":%[1]s},`+
				`{"code":"INVALID_VALUE","target":{"name":%[1]s}}]}`, echo)}
		},
	})
	FaultEchoingError = onMenu(Fault{
		Name: "echoing-error", Doc: "400 that repeats the request even in its id, its codes and its Correlation-Id.",
		answer: func(f *Fake, call *call, truth Response) Response {
			echo := call.echo()
			answer := refusing(http.StatusBadRequest, echo, echo, "Correlation-Id", echo)(f, call, truth)
			document := decode([]byte(answer.Body))
			for _, name := range []string{"id", "error", "error_uri"} {
				document[name] = echo
			}
			answer.Body = string(f.encode(document))
			return answer
		},
	})
	FaultUnauthorized = onMenu(Fault{
		Name: "unauthorized", Doc: "401 INVALID_TOKEN to a good token.",
		answer: refusing(http.StatusUnauthorized, "ACCESS_FAILED", "INVALID_TOKEN", "WWW-Authenticate", "Bearer"),
	})
	FaultForbidden = onMenu(Fault{
		Name: "forbidden", Doc: "403 INSUFFICIENT_PERMISSIONS.",
		answer: refusing(http.StatusForbidden, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS"),
	})
	FaultNotFound = onMenu(Fault{
		Name: "not-found", Doc: "404 NOT_FOUND.",
		answer: refusing(http.StatusNotFound, "NOT_FOUND", ""),
	})
	FaultRequestTimeout = onMenu(Fault{
		Name: "request-timeout", Doc: "408 with an HTML page, as a gateway answers, and the connection is closed.",
		answer: page(http.StatusRequestTimeout, "Connection", "close"),
	})
	FaultUnsupportedMediaType = onMenu(Fault{
		Name: "unsupported-media-type", Doc: "415 INVALID_REQUEST.",
		answer: refusing(http.StatusUnsupportedMediaType, "INVALID_REQUEST", ""),
	})
	FaultRateLimited = onMenu(Fault{
		Name: "rate-limited", Doc: "429 REQUEST_LIMITED with Retry-After: 2.",
		answer: limiting("2"),
	})
	FaultRateLimitedUntil = onMenu(Fault{
		Name: "rate-limited-until", Doc: "429 with an HTTP date in Retry-After, three seconds ahead.",
		answer: func(f *Fake, call *call, truth Response) Response {
			until := f.options.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat)
			return limiting(until)(f, call, truth)
		},
	})
	FaultRateLimitedForAges = onMenu(Fault{
		Name: "rate-limited-for-ages", Doc: "429 with Retry-After: 99999999999999999999.",
		answer: limiting("99999999999999999999"),
	})
	FaultRateLimitedOddly = onMenu(Fault{
		Name: "rate-limited-oddly", Doc: "429 with a Retry-After that is neither seconds nor a date.",
		answer: limiting("-1.5 soon"),
	})
	FaultRateLimitedSilently = onMenu(Fault{
		Name: "rate-limited-silently", Doc: "429 without Retry-After.",
		answer: refusing(http.StatusTooManyRequests, "REQUEST_LIMITED", "LIMIT_EXCEEDED"),
	})
	FaultQuotaExceeded = onMenu(Fault{
		Name: "quota-exceeded", Doc: "429 QUOTA_EXCEEDED with Retry-After: 3600: the user has had his messages for today.",
		answer: refusing(http.StatusTooManyRequests, "REQUEST_LIMITED", "QUOTA_EXCEEDED", "Retry-After", "3600"),
	})
	FaultServerError = onMenu(Fault{
		Name: "server-error", Doc: "500 UNEXPECTED_ERROR.", either: true,
		answer: refusing(http.StatusInternalServerError, "UNEXPECTED_ERROR", ""),
	})
	FaultGatewayPage = onMenu(Fault{
		Name: "gateway-page", Doc: "502 with an HTML page.", either: true,
		answer: page(http.StatusBadGateway),
	})
	FaultUnavailable = onMenu(Fault{
		Name: "unavailable", Doc: "503 without Retry-After.", either: true,
		answer: refusing(http.StatusServiceUnavailable, "UNEXPECTED_ERROR", ""),
	})
	FaultUnavailableFor = onMenu(Fault{
		Name: "unavailable-for", Doc: "503 with an HTML page and Retry-After: 1.", either: true,
		answer: page(http.StatusServiceUnavailable, "Retry-After", "1"),
	})
	FaultGatewayTimeout = onMenu(Fault{
		Name: "gateway-timeout", Doc: "504 without a body.", either: true,
		answer: func(*Fake, *call, Response) Response { return Response{Status: http.StatusGatewayTimeout} },
	})
	FaultMovedPermanently = onMenu(Fault{
		Name: "moved-permanently", Doc: "301 to another host.", either: true,
		answer: redirecting(http.StatusMovedPermanently),
	})
	FaultFound = onMenu(Fault{
		Name: "found", Doc: "302 to another host, which makes a careless client ask there with a GET.", either: true,
		answer: redirecting(http.StatusFound),
	})
	FaultTemporaryRedirect = onMenu(Fault{
		Name: "temporary-redirect", Doc: "307 to another host, which makes a careless client send it the body.",
		either: true, answer: redirecting(http.StatusTemporaryRedirect),
	})
)

// refusing answers with the error envelope of the endpoint, and repeats the request wherever there is text. header is
// names and values in turn.
func refusing(status int, code, detail string, header ...string) func(*Fake, *call, Response) Response {
	return func(f *Fake, call *call, _ Response) Response {
		echo := call.echo()
		var details []object
		if detail != "" {
			details = append(details, object{
				"code": detail, "message": echo, "target": echo, "innerError": object{"claim": echo},
			})
		}
		answer := f.refusal(status, code, echo, details...)
		if call.Operation == OpToken {
			answer.Body = string(f.encode(object{"error": "invalid_client", "error_description": echo}))
		}
		answer.Header.Set("X-Echo", echo)
		for i := 0; i < len(header); i += 2 {
			answer.Header.Set(header[i], header[i+1])
		}
		return answer
	}
}

func limiting(retryAfter string) func(*Fake, *call, Response) Response {
	return refusing(http.StatusTooManyRequests, "REQUEST_LIMITED", "LIMIT_EXCEEDED", "Retry-After", retryAfter)
}

// page answers in HTML, as what stands in front of PingOne may.
func page(status int, header ...string) func(*Fake, *call, Response) Response {
	return func(_ *Fake, call *call, _ Response) Response {
		answer := Response{Status: status, Header: http.Header{}, Body: fmt.Sprintf(
			"<html><head><title>%s</title></head><body>%s</body></html>", http.StatusText(status), call.echo())}
		answer.Header.Set("Content-Type", "text/html; charset=utf-8")
		answer.Header["Correlation-Id"] = nil
		for i := 0; i < len(header); i += 2 {
			answer.Header.Set(header[i], header[i+1])
		}
		return answer
	}
}

func redirecting(status int) func(*Fake, *call, Response) Response {
	return func(f *Fake, call *call, _ Response) Response {
		answer := Response{Status: status, Header: http.Header{}}
		answer.Header.Set("Location", f.elsewhere()+"/?"+url.Values{"echo": {call.echo()}}.Encode())
		return answer
	}
}
