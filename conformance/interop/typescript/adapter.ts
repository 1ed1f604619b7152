// The adapter (conformance/adapter) for a client of openapi-typescript and openapi-fetch. This client checks requests
// by their types, when a program is compiled. So the adapter compiles each call as a program would contain it, and
// makes the call if there is no error.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import createClient from "openapi-fetch";
import ts from "typescript";
import type { components, paths } from "./out/openapi.js";

type Schemas = components["schemas"];
type Result = { class: string; values?: Record<string, unknown>; body?: unknown };
type Texts = Record<string, string>;
type Body = { body?: unknown; raw?: { text?: string; base64?: string } };
type Request = Body & { method: string; host: string; parameters?: Texts; headers: Texts };
type Case = { operation: string; authURL: string; apiURL: string; request: Request };

const features = `activate-device continue-device-authentication create-device create-device-authentication
  device-email device-fido2 device-sms device-totp device-voice device-whatsapp external-ids mobile-payload notification
  oath-resync one-time-email one-time-sms one-time-voice paired-device pingid-desktop read-device-authentication
  request-checks`.split(/\s+/);
const start = "/{environmentID}/deviceAuthentications";
const one = "/{environmentID}/deviceAuthentications/{deviceAuthenticationID}";
const create = "/environments/{environmentID}/users/{userID}/devices";
const activate = "/environments/{environmentID}/users/{userID}/devices/{deviceID}";
const templates: Texts = {
  createDeviceAuthentication: start, readDeviceAuthentication: one, continueDeviceAuthentication: one,
  createDevice: create, activateDevice: activate,
};
const steps: Texts = {
  OTP_REQUIRED: "EnterOTP", DEVICE_SELECTION_REQUIRED: "SelectDevice", PUSH_CONFIRMATION_REQUIRED: "ConfirmPush",
  ASSERTION_REQUIRED: "AssertFIDO2", COMPLETED: "Done", FAILED: "Failed", PUSH_CONFIRMATION_TIMED_OUT: "Failed",
};

// The compiler reads the generated types and one file with the current call.
const file = fileURLToPath(new URL("call.ts", import.meta.url));
const calls = [""];
const readFile = (name: string) => (name === file ? calls.at(-1) : ts.sys.readFile(name));
const compiler = ts.createLanguageService({
  getCompilationSettings: () => ({ strict: true, exactOptionalPropertyTypes: true, lib: ["lib.es5.d.ts"], types: [] }),
  getCurrentDirectory: () => "/", getDefaultLibFileName: ts.getDefaultLibFilePath,
  getScriptFileNames: () => [file],
  getScriptVersion: (name) => (name === file ? String(calls.length) : ""),
  getScriptSnapshot: (name) => ts.ScriptSnapshot.fromString(readFile(name) ?? ""),
  fileExists: ts.sys.fileExists, readFile,
});

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// read returns a body as text for the compiler and as a value, or undefined if JSON.stringify cannot produce the body.
function read({ body, raw }: Body): { text: string; value: unknown } | undefined {
  if (body === undefined && raw === undefined) return { text: "undefined", value: undefined };
  try {
    const text = raw?.base64 ? utf8.decode(Buffer.from(raw.base64, "base64")) : (raw?.text ?? JSON.stringify(body));
    return { text, value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

async function call({ operation, authURL, apiURL, request }: Case): Promise<Result> {
  const { Authorization, "Content-Type": contentType, ...header } = request.headers;
  const json = read(request);
  const [, mediaType] = /^([^;]*)(; *charset="?utf-8"?)?$/i.exec(contentType ?? "") ?? [];
  const content = `NonNullable<Operation["requestBody"]>["content"]["${mediaType}"]`;
  calls.push(`import type { paths } from "./openapi.js";
    type Host = Pick<paths, ${request.host === "auth" ? `"${start}" | "${one}"` : `"${create}" | "${activate}"`}>;
    type Operation = Host["${templates[operation]}"]["${request.method.toLowerCase()}"];
    export const params: Operation["parameters"] = ${JSON.stringify({ path: request.parameters, header })};
    export const body: ${request.method === "GET" ? `Operation["requestBody"]` : content} = ${json?.text};`);
  if (!json || compiler.getSemanticDiagnostics(file).length > 0)
    return { class: "not-expressible" };
  const client = createClient<paths>({
    baseUrl: request.host === "auth" ? authURL : apiURL,
    headers: Authorization === undefined ? {} : { Authorization },
    redirect: "manual", // By default, fetch follows a redirect with the body and the token.
  });
  const ids = { environmentID: "", userID: "", deviceID: "", deviceAuthenticationID: "", ...request.parameters };
  const params = { path: ids, header };
  // openapi-fetch encodes the body as JSON. Its default for the Content-Type is application/json.
  const headers = { "Content-Type": mediaType };
  try {
    switch (operation) {
      case "createDevice":
        return device(await client.POST(create, { params, body: json.value as Schemas["CreateDeviceRequest"] }));
      case "activateDevice": {
        const body = json.value as Schemas["ActivateDeviceRequest"];
        if (body) return device(await client.POST(activate, { params, headers, body }));
        const { error, response } = await client.POST(activate, { params, headers, parseAs: "text" });
        return response.ok ? { class: "success" } : report(response, error);
      }
      case "readDeviceAuthentication":
        return authentication(await client.GET(one, { params }));
      case "continueDeviceAuthentication": {
        const body = json.value as Schemas["CheckOTPRequest"]; // or that of another action
        return authentication(await client.POST(one, { params, headers, body }));
      }
    }
    const body = json.value as Schemas["DeviceAuthenticationRequest"];
    return authentication(await client.POST(start, { params, body }));
  } catch {
    return { class: "unknown" }; // An error of fetch or JSON.parse. PingOne may have acted.
  }
}

type Failure = Schemas["Error"] | string;
type Reply<T> = { data?: T | undefined; error?: Failure; response: Response };

function authentication({ data, error, response }: Reply<Schemas["DeviceAuthentication"]>): Result {
  const { values, ...result } = report(response, error, data);
  return { ...result, values: { ...values, ...(data && { step: steps[data.status] ?? "UnknownStep" }) } };
}

function device({ data, error, response }: Reply<Schemas["Device"]>): Result {
  return report(response, error, data);
}

function report({ ok, status, headers }: Response, error?: Failure, data?: object): Result {
  const failure = ok ? "accepted" : Math.floor(status / 100) === 4 ? "refused" : "unknown";
  const correlationId = headers.get("Correlation-Id") ?? undefined;
  const seconds = Number(headers.get("Retry-After") ?? "absent");
  const values = { httpStatus: status, correlationId, ...(isNaN(seconds) ? {} : { retryAfterSeconds: seconds }) };
  return { class: data ? "success" : failure, values, body: data ?? error };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { type, id, ...rest } = JSON.parse(line);
  if (type === "bye") process.exit(0);
  const hello = { type, protocol: 2, name: "openapi-typescript and openapi-fetch", features };
  console.log(JSON.stringify(type === "hello" ? hello : { type: "result", id, ...(await call(rest)) }));
}
