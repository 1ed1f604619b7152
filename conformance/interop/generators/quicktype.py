"""A login with types that quicktype generates. It generates no requests: urllib sends them."""
import base64, json, os, urllib.parse, urllib.request

from out import pingone

AUTH_URL = os.environ["AUTH_URL"] + "/" + os.environ["ENVIRONMENT_ID"]


def send(url, body=None, **headers):
    request = urllib.request.Request(url, body, {name.replace("_", "-"): value for name, value in headers.items()})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def token():
    pair = ":".join(urllib.parse.quote(os.environ[name], "") for name in ("CLIENT_ID", "CLIENT_SECRET"))
    return send(AUTH_URL + "/as/token", b"grant_type=client_credentials",
                Authorization="Basic " + base64.b64encode(pair.encode()).decode())["access_token"]


bearer = "Bearer " + token()


def post(path, media_type, body):
    return pingone.device_authentication_from_dict(send(
        AUTH_URL + "/deviceAuthentications" + path, json.dumps(body).encode(),
        Authorization=bearer, Content_Type=media_type))


def start(user):
    request = pingone.DeviceAuthenticationRequest(user=pingone.UserReference(id=os.environ[user]))
    return post("", "application/json", pingone.device_authentication_request_to_dict(request))


auth = start("EMAIL_USER")
otp = next(m["passcode"] for m in send(os.environ["INBOX"]) if m["authenticationID"] == auth.id)
check = pingone.check_otp_request_to_dict(pingone.CheckOTPRequest(otp=otp))
results = [post("/" + auth.id, "application/vnd.pingidentity.otp.check+json", check),
           start("UNKNOWN_TYPE_USER"), start("UNKNOWN_STATUS_USER")]
print(", ".join(" ".join([r.status] + [device.type for device in r.embedded.devices]) for r in results))
