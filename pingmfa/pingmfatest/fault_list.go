package pingmfatest

// Faults of the connection, before the server has read the request. They are BelowHTTP. Those of TLS and of
// certificates, from FaultTLSStall to FaultWrongHost, need NewTLSServer.
const (
	// The connection is refused. The dialer returns the error without a connection attempt.
	FaultRefused Fault = "refused"
	// The host name does not exist. The dialer returns the error without a DNS query.
	FaultNoSuchHost Fault = "no-such-host"
	// The connection attempt times out. The dialer returns the error at once.
	FaultDialTimeout Fault = "dial-timeout"
	// The connection is accepted and closed before anything is read.
	FaultAcceptThenClose Fault = "accept-then-close"
	// The server does not take part in the TLS handshake.
	FaultTLSStall Fault = "tls-stall"
	// The server responds to the TLS handshake with plain HTTP.
	FaultTLSGarbage Fault = "tls-garbage"
	// The server supports only TLS 1.0 and 1.1.
	FaultTLSTooOld Fault = "tls-too-old"
	// The certificate is signed by an unknown authority.
	FaultUnknownAuthority Fault = "unknown-authority"
	// The certificate expired a minute ago.
	FaultExpiredCertificate Fault = "expired-certificate"
	// The certificate is for another host name.
	FaultWrongHost Fault = "wrong-host"
	// The connection is reset after the first byte of the request.
	FaultResetBeforeReading Fault = "reset-before-reading"
	// 503 after the first byte of the request; the server ignores the rest.
	FaultResponseBeforeReading Fault = "response-before-reading"
	// The server closes its idle connections without notice just before the request is sent. The client uses a new
	// connection, and the fake acts; or it uses a closed one, and the request is lost.
	FaultClosedWhileIdle Fault = "closed-while-idle"
)

// Faults of HTTP/2 (RFC 9113), each on a new connection. They are BelowHTTP, and need TLS.
const (
	// GOAWAY says that the request was not processed. net/http sends it again over a new connection, if it can.
	FaultHTTP2GoAway Fault = "http2-goaway"
	// RST_STREAM with REFUSED_STREAM says that the request was not processed. net/http sends it again over a new
	// connection, if it can.
	FaultHTTP2Refused Fault = "http2-refused-stream"
	// GOAWAY says that the request may have been processed, and the connection is closed.
	FaultHTTP2GoAwayLate Fault = "http2-goaway-late"
	// RST_STREAM with INTERNAL_ERROR after the whole request.
	FaultHTTP2Reset Fault = "http2-reset"
	// RST_STREAM with PROTOCOL_ERROR after the whole request, as from a gateway that cannot read its upstream. Up to Go
	// 1.26, net/http sends the request again over a new connection; later releases return an error.
	FaultHTTP2ProtocolError Fault = "http2-protocol-error"
)

// Responses that are not a success. They repeat the request wherever they have text.
const (
	// 400 with an error of PingOne's form.
	FaultBadRequest Fault = "bad-request"
	// 400 with half of the JSON.
	FaultBrokenError Fault = "broken-error"
	// 400 whose code, message and details have other JSON types than documented.
	FaultOddError Fault = "odd-error"
	// 400 that repeats the request even in its id, codes and Correlation-Id.
	FaultEchoingError Fault = "echoing-error"
	// 401 INVALID_TOKEN, although the token is valid.
	FaultUnauthorized Fault = "unauthorized"
	// 403 INSUFFICIENT_PERMISSIONS.
	FaultForbidden Fault = "forbidden"
	// 404 NOT_FOUND.
	FaultNotFound Fault = "not-found"
	// 408 with an HTML page, as from a gateway, and the connection is closed.
	FaultRequestTimeout Fault = "request-timeout"
	// 415 INVALID_REQUEST.
	FaultUnsupportedMediaType Fault = "unsupported-media-type"
	// 429 REQUEST_LIMITED with Retry-After: 2.
	FaultRateLimited Fault = "rate-limited"
	// 429 with Retry-After: an HTTP date three seconds ahead.
	FaultRateLimitedUntil Fault = "rate-limited-until"
	// 429 with Retry-After: 99999999999999999999.
	FaultRateLimitedHugeRetryAfter Fault = "rate-limited-huge-retry-after"
	// 429 with a Retry-After that is neither a number of seconds nor a date.
	FaultRateLimitedBadRetryAfter Fault = "rate-limited-bad-retry-after"
	// 429 without Retry-After.
	FaultRateLimitedNoRetryAfter Fault = "rate-limited-no-retry-after"
	// 429 QUOTA_EXCEEDED with Retry-After: 3600: the daily limit of messages is reached.
	FaultQuotaExceeded Fault = "quota-exceeded"
	// 500 UNEXPECTED_ERROR.
	FaultServerError Fault = "server-error"
	// 502 with an HTML page.
	FaultGatewayPage Fault = "gateway-page"
	// 503 without Retry-After.
	FaultUnavailable Fault = "unavailable"
	// 503 with an HTML page and Retry-After: 1.
	FaultUnavailableFor Fault = "unavailable-for"
	// 504 without a body.
	FaultGatewayTimeout Fault = "gateway-timeout"
	// 301 to another host.
	FaultMovedPermanently Fault = "moved-permanently"
	// 302 to another host. A client that follows it sends a GET.
	FaultFound Fault = "found"
	// 307 to another host. A client that follows it sends the body again.
	FaultTemporaryRedirect Fault = "temporary-redirect"
)

// Successes that are not as documented.
const (
	// 200 with an HTML page, as from an intermediary.
	FaultHTMLPage Fault = "html-page"
	// 200 with an HTML page of a captive portal, without Content-Type and Correlation-Id.
	FaultCaptivePage Fault = "captive-page"
	// The correct status with an empty body.
	FaultEmptyBody Fault = "empty-body"
	// The correct status and the body null.
	FaultNull Fault = "null"
	// The correct response in a JSON array.
	FaultArray Fault = "array"
	// The correct response without its id (or access_token).
	FaultWithoutID Fault = "without-id"
	// The correct response with a number as its id (or access_token).
	FaultNumericID Fault = "numeric-id"
	// The correct response without Content-Type.
	FaultNoContentType Fault = "no-content-type"
	// The correct response as application/hal+json.
	FaultHAL Fault = "hal"
	// The correct response as application/json;charset=UTF-8.
	FaultCharset Fault = "charset"
	// The correct response with the status 200.
	FaultOK Fault = "ok"
	// The correct response with the status 202.
	FaultAccepted Fault = "accepted"
	// 204 without a body.
	FaultNoContent Fault = "no-content"
	// The correct response with another id (or access_token) before its own.
	FaultDuplicateKeys Fault = "duplicate-keys"
	// The correct response with an unknown property that is not UTF-8.
	FaultInvalidUTF8 Fault = "invalid-utf8"
	// The correct response with an unknown property of 100,000 nested arrays.
	FaultDeepNesting Fault = "deep-nesting"
	// The correct response after a byte order mark.
	FaultByteOrderMark Fault = "byte-order-mark"
	// The correct response, then bytes that are not JSON.
	FaultTrailingBytes Fault = "trailing-bytes"
	// An unreadable body with Content-Encoding: br.
	FaultUnknownEncoding Fault = "unknown-encoding"
	// The uncompressed correct response with Content-Encoding: gzip.
	FaultBrokenGzip Fault = "broken-gzip"
	// The correct response with the request in an unknown property, a header and Location.
	FaultEcho Fault = "echo"
)

// Faults of the transfer: responses that are late, incomplete or endless.
const (
	// The fake reads the request and sends nothing until the client disconnects.
	FaultSlowHeaders Fault = "slow-headers"
	// The correct headers and half of the body, then nothing until the client disconnects.
	FaultSlowBody Fault = "slow-body"
	// The correct headers, then the connection is closed.
	FaultCloseAfterHeaders Fault = "close-after-headers"
	// Half of the body that Content-Length announces, then the connection is closed.
	FaultTruncatedBody Fault = "truncated-body"
	// A chunk with the whole body; the connection is closed without the last chunk.
	FaultTruncatedChunks Fault = "truncated-chunks"
	// A chunk with the whole body, then a chunk whose size is not a number.
	FaultChunkGarbage Fault = "chunk-garbage"
	// The correct response with a Content-Length of half its body.
	FaultShortLength Fault = "short-length"
	// The correct body, then endless white space.
	FaultEndlessBody Fault = "endless-body"
	// The correct body, then white space up to a Content-Length of 1 GiB.
	FaultHugeBody Fault = "huge-body"
	// The correct body, then 1 GiB of white space, compressed by gzip to 1 MiB.
	FaultGzipBomb Fault = "gzip-bomb"
)

// Faults of the protocol: responses that are not HTTP, or use rare features of it.
const (
	// The fake reads the request, then the connection is reset.
	FaultResetAfterReading Fault = "reset-after-reading"
	// The fake reads the request, then the connection is closed.
	FaultCloseAfterReading Fault = "close-after-reading"
	// The response is not HTTP, and repeats the request.
	FaultGarbage Fault = "garbage"
	// The status is not a number, and repeats the request.
	FaultBadStatus Fault = "bad-status"
	// A header line has no colon, and repeats the request.
	FaultBadHeader Fault = "bad-header"
	// The correct response with two different Content-Length headers.
	FaultBadLength Fault = "bad-length"
	// The correct response with a header of 1 MiB.
	FaultHugeHeader Fault = "huge-header"
	// A 201 with endless headers.
	FaultEndlessHeaders Fault = "endless-headers"
	// Unrequested 100, 102 and 103 responses, then the correct response.
	FaultInformationalResponses Fault = "informational-responses"
	// Endless 103 responses, and never a final one.
	FaultEndlessInformationalResponses Fault = "endless-informational-responses"
	// 101, then bytes of another protocol that repeat the request.
	FaultSwitchingProtocols Fault = "switching-protocols"
	// The correct response in HTTP/1.0: the end of the connection ends the body.
	FaultHTTP10 Fault = "http-1.0"
)
