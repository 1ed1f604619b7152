package pingmfatest

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

var errorFaults = map[Fault]behavior{
	FaultBadRequest: {respond: refusing(http.StatusBadRequest, "INVALID_DATA", "INVALID_VALUE")},
	FaultBrokenError: {
		respond: func(f *Fake, call *call, correct Response) Response {
			response := refusing(http.StatusBadRequest, "INVALID_DATA", "INVALID_VALUE")(f, call, correct)
			response.Body = response.Body[:len(response.Body)/2]
			return response
		},
	},
	FaultOddError: {
		respond: func(_ *Fake, call *call, _ Response) Response {
			echo := marshal(call.echo())
			return Response{Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"id":7,"code":[%[1]s],"error":{"a":1},`+
				`"message":{"text":%[1]s},"details":[null,7,%[1]s,{"code":1,"message":[%[1]s],"innerError":%[1]s},`+
				`{"code":"INVALID_VALUE","target":{"name":%[1]s}}]}`, echo)}
		},
	},
	FaultEchoingError: {
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
	},
	FaultUnauthorized: {
		respond: refusing(http.StatusUnauthorized, "ACCESS_FAILED", "INVALID_TOKEN", "WWW-Authenticate", "Bearer"),
	},
	FaultForbidden:            {respond: refusing(http.StatusForbidden, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS")},
	FaultNotFound:             {respond: refusing(http.StatusNotFound, "NOT_FOUND", "")},
	FaultRequestTimeout:       {ambiguous: true, respond: page(http.StatusRequestTimeout, "Connection", "close")},
	FaultUnsupportedMediaType: {respond: refusing(http.StatusUnsupportedMediaType, "INVALID_REQUEST", "")},
	FaultRateLimited:          {respond: limiting("2")},
	FaultRateLimitedUntil: {
		respond: func(f *Fake, call *call, correct Response) Response {
			until := f.options.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat)
			return limiting(until)(f, call, correct)
		},
	},
	FaultRateLimitedHugeRetryAfter: {respond: limiting("99999999999999999999")},
	FaultRateLimitedBadRetryAfter:  {respond: limiting("-1.5 soon")},
	FaultRateLimitedNoRetryAfter:   {respond: refusing(http.StatusTooManyRequests, "REQUEST_LIMITED", "LIMIT_EXCEEDED")},
	FaultQuotaExceeded: {
		respond: refusing(http.StatusTooManyRequests, "REQUEST_LIMITED", "QUOTA_EXCEEDED", "Retry-After", "3600"),
	},
	FaultServerError:    {ambiguous: true, respond: refusing(http.StatusInternalServerError, "UNEXPECTED_ERROR", "")},
	FaultGatewayPage:    {ambiguous: true, respond: page(http.StatusBadGateway)},
	FaultUnavailable:    {ambiguous: true, respond: refusing(http.StatusServiceUnavailable, "UNEXPECTED_ERROR", "")},
	FaultUnavailableFor: {ambiguous: true, respond: page(http.StatusServiceUnavailable, "Retry-After", "1")},
	FaultGatewayTimeout: {
		ambiguous: true,
		respond:   func(*Fake, *call, Response) Response { return Response{Status: http.StatusGatewayTimeout} },
	},
	FaultMovedPermanently:  {ambiguous: true, respond: redirecting(http.StatusMovedPermanently)},
	FaultFound:             {ambiguous: true, respond: redirecting(http.StatusFound)},
	FaultTemporaryRedirect: {ambiguous: true, respond: redirecting(http.StatusTemporaryRedirect)},
}

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
