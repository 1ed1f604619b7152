"""An adapter for pingmfa-conformance. It needs Python 3.9 or later and no packages.

client() is the client: it sends a request and reads the response. Replace it by your client. The rest implements the
protocol of conformance/adapter/README.md.
"""
import base64, json, sys, urllib.error, urllib.request

STEPS = {"OTP_REQUIRED": "EnterOTP", "DEVICE_SELECTION_REQUIRED": "SelectDevice", "ASSERTION_REQUIRED": "AssertFIDO2",
         "PUSH_CONFIRMATION_REQUIRED": "ConfirmPush", "PUSH_CONFIRMATION_TIMED_OUT": "Failed", "FAILED": "Failed",
         "COMPLETED": "Done"}
# Not request-checks: this client does not check requests.
FEATURES = """activate-device continue-device-authentication create-device create-device-authentication device-email
device-fido2 device-sms device-totp device-voice device-whatsapp external-ids mobile-payload notification oath-resync
one-time-email one-time-sms one-time-voice paired-device pingid-desktop read-device-authentication""".split()


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def client(operation, method, url, headers, body):
    request = urllib.request.Request(url, data=body or None, headers=headers, method=method)
    resend = headers.get("Content-Type", "").endswith("sendActivationCode+json")
    try:
        response = urllib.request.build_opener(NoRedirects).open(request, timeout=10)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        status, headers, data = response.status, response.headers, response.read()
    try:
        body = json.loads(data.decode("utf-8-sig", errors="replace"))
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    values = {"httpStatus": status}
    if "Correlation-Id" in headers:
        values["correlationId"] = headers["Correlation-Id"]
    if not 200 <= status < 300:
        if headers.get("Retry-After", "").isdigit():
            values["retryAfterSeconds"] = int(headers["Retry-After"])
        return "refused" if 400 <= status < 500 else "unknown", values, body
    if resend:
        return "success", {}, {}  # This action has no result.
    of_device = operation in ("createDevice", "activateDevice")
    is_json = headers.get("Content-Type", "application/json").split(";")[0].strip().lower().endswith("json")
    required = [body.get("id"), body.get("type" if of_device else "status")]
    if not is_json or not all(isinstance(text, str) and text for text in required):
        return "accepted", values, {}
    if not of_device:
        values["step"] = STEPS.get(body["status"], "UnknownStep")
    return "success", values, body


for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        reply = {"type": "hello", "protocol": 2, "name": "Python standard library", "features": FEATURES}
    elif message["type"] == "case":
        request, raw = message["request"], message["request"].get("raw", {})
        body = base64.b64decode(raw.get("base64", "")) or raw.get("text", "").encode()
        if "body" in request:
            body = json.dumps(request["body"], ensure_ascii=False).encode()
        url = message[request["host"] + "URL"] + request["path"]  # authURL or apiURL
        result, values, body = client(message["operation"], request["method"], url, request["headers"], body)
        reply = {"type": "result", "id": message["id"], "class": result, "values": values, "body": body}
    else:
        break
    print(json.dumps(reply), flush=True)
