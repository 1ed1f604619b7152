// The adapter (conformance/adapter) for a client of openapi-typescript and openapi-fetch. This client checks requests
// by their types, when a program is compiled. So the adapter compiles each call as a program would contain it, and
// makes the call if there is no error.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import createClient from "openapi-fetch";
import ts from "typescript";
import type { components, paths } from "./out/openapi.js";

type Schemas = components["schemas"];
type Result = { class: string; values: Record<string, unknown> };
type Texts = Record<string, string>;
type Body = { body?: unknown; raw?: { text?: string; base64?: string } };
type Request = Body & { method: string; host: string; parameters?: Texts; headers: Texts };
type Case = { operation: string; authURL: string; apiURL: string; request: Request };

const features = `create-device create-device-authentication device-email device-fido2 device-sms device-totp
  device-voice device-whatsapp external-ids mobile-payload notification one-time-email one-time-sms one-time-voice
  paired-device request-checks`.split(/\s+/);
const start = "/{environmentID}/deviceAuthentications";
const create = "/environments/{environmentID}/users/{userID}/devices";
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
// read returns a body as JSON text and as a value, or undefined if JSON.stringify cannot produce the body.
function read({ body, raw }: Body): { text: string; value: unknown } | undefined {
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
  calls.push(`import type { paths } from "./openapi.js";
    type Host = Pick<paths, "${request.host === "auth" ? start : create}">;
    type Operation = Host["${operation === "createDevice" ? create : start}"]["${request.method.toLowerCase()}"];
    export const params: Operation["parameters"] = ${JSON.stringify({ path: request.parameters, header })};
    export const body: Operation["requestBody"]["content"]["application/json"] = ${json?.text};`);
  // openapi-fetch sets the body and its Content-Type.
  const isJSON = json && /^application\/json(; *charset="?utf-8"?)?$/i.test(contentType ?? "");
  if (!isJSON || compiler.getSemanticDiagnostics(file).length > 0)
    return { class: "not-expressible", values: {} };
  const client = createClient<paths>({
    baseUrl: request.host === "auth" ? authURL : apiURL,
    headers: Authorization === undefined ? {} : { Authorization },
    redirect: "manual", // By default, fetch follows a redirect with the body and the token.
  });
  const { environmentID = "", userID = "" } = request.parameters ?? {};
  try {
    if (operation === "createDevice") {
      const body = json.value as Schemas["CreateDeviceRequest"];
      const init = { params: { path: { environmentID, userID }, header }, body };
      const { data, error, response } = await client.POST(create, init);
      return report(response, error, data && { id: data.id, type: data.type, status: data.status });
    }
    const body = json.value as Schemas["DeviceAuthenticationRequest"];
    const { data, error, response } = await client.POST(start, { params: { path: { environmentID }, header }, body });
    const step = data && (steps[data.status] ?? "UnknownStep");
    return report(response, error, data && { id: data.id, status: data.status, step, code: data.error?.code });
  } catch {
    return { class: "unknown", values: {} }; // An error of fetch or JSON.parse. PingOne may have acted.
  }
}

// report leaves out values that the client does not return, or returns with another type than declared.
function report({ ok, status, headers }: Response, error?: Schemas["Error"] | string, data?: object): Result {
  const failure = ok ? "accepted" : Math.floor(status / 100) === 4 ? "refused" : "unknown";
  const code = typeof error === "object" ? error?.code : undefined;
  const texts = Object.entries({ code, ...data, correlationId: headers.get("Correlation-Id") });
  const seconds = Number(headers.get("Retry-After") ?? "absent");
  const numbers = { httpStatus: status, ...(isNaN(seconds) ? {} : { retryAfterSeconds: seconds }) };
  const values = { ...numbers, ...Object.fromEntries(texts.filter(([, value]) => typeof value === "string")) };
  return { class: data ? "success" : failure, values };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { type, id, ...rest } = JSON.parse(line);
  if (type === "bye") process.exit(0);
  const hello = { type, protocol: 1, name: "openapi-typescript and openapi-fetch", features };
  console.log(JSON.stringify(type === "hello" ? hello : { type: "result", id, ...(await call(rest)) }));
}
