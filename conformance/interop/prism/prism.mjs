import { once } from "node:events";
import { createServer, request } from "node:http";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const timeout = 10_000; // milliseconds
const invalidTimeout = 300; // of a request whose body is not JSON: Prism does not respond to it

// Prism is the validating proxy, with an upstream server that sends a given response. Both listen on loopback. Prism
// runs in a thread of this process.
export class Prism {
  #respond;
  #forwarded;
  #upstream;
  #worker;
  #ended;
  #port;

  // check sends a request and its response through Prism. For each side, it returns the places of Prism's findings, in
  // the terms of the vectors, or null if Prism did not check the side. It calls respond for the response, after Prism
  // has forwarded the request.
  async check(received, respond) {
    await this.#start();
    this.#respond = respond;
    this.#forwarded = false;
    const body = bytes(received);
    const outgoing = request({
      agent: false,
      host: "127.0.0.1",
      port: this.#port,
      method: received.method,
      path: received.path,
      headers: { ...authorized(received.headers), "Content-Length": body.length },
      signal: AbortSignal.timeout(body.length > 0 && !isJSON(body) ? invalidTimeout : timeout),
    }).end(body);
    try {
      const [incoming] = await once(outgoing, "response");
      await incoming.resume().toArray();
      return this.#findings(incoming);
    } catch (error) {
      if (error.name !== "AbortError") await this.#ended; // Prism has ended.
      return { request: null, response: null };
    }
  }

  #findings({ headers }) {
    const violations = readViolations(headers["sl-violations"]);
    const places = (side) => violations.filter(({ location }) => location[0] === side).map(place);
    // If Prism cannot read the response, it sends a problem document of its own.
    const unread = this.#forwarded && headers["content-type"] === "application/problem+json";
    return {
      request: this.#forwarded ? places("request") : ["path"],
      response: unread ? [""] : this.#forwarded ? places("response") : null,
    };
  }

  async #start() {
    if (this.#worker) return;
    this.#upstream ??= createServer((incoming, outgoing) => {
      incoming.resume().on("end", async () => {
        this.#forwarded = true;
        const response = withoutLocation(await this.#respond());
        outgoing.writeHead(response.status, response.headers).end(bytes(response));
      });
    }).listen(0, "127.0.0.1");
    if (!this.#upstream.listening) await once(this.#upstream, "listening");
    const origin = `http://127.0.0.1:${this.#upstream.address().port}`;
    const worker = new Worker(local("node_modules/@stoplight/prism-cli/dist/index.js"), {
      argv: ["proxy", local("../../../openapi.yaml"), origin, "--host", "127.0.0.1", "--port", "0"],
      stdout: true,
      stderr: true,
    });
    worker.stderr.resume();
    worker.on("error", () => {}); // An uncaught exception ends the thread. The next request starts another.
    this.#ended = new Promise((resolve) => worker.on("exit", resolve)).then(() => (this.#worker = undefined));
    this.#port = await new Promise((resolve, reject) => {
      let output = "";
      worker.stdout.on("data", (chunk) => {
        output += chunk;
        const [, port] = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output) ?? [];
        if (port) resolve(port);
      });
      worker.on("exit", () => reject(new Error(`Prism does not start:\n${output}`)));
    });
    this.#worker = worker;
  }
}

// readViolations decodes the header with the violations. Prism truncates it at 8 kB; a truncated violation is ignored.
function readViolations(header = "[]") {
  const [, cut] = /^Too many violations! (.*\}),\{"location":/.exec(header) ?? [];
  return JSON.parse(cut ? `${cut}]` : header);
}

// place returns the place of a violation in the terms of the vectors. Names outside of a body are in lower case.
function place({ location: [, part, ...path], code, message }) {
  if (part === "body") return path.map((name) => `/${escaped(String(name))}`).join("");
  if (part) return [part, ...path].join(":");
  if (String(code) === "401") return "header:authorization";
  if (String(code) === "415" || message.includes("media type")) return "header:content-type";
  if (message.includes("route not found")) return "path";
  if (message.includes("returned status code")) return "status";
  return code === "required" ? "" : message;
}

function escaped(name) {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

// withoutLocation removes Location from a redirect. Prism would follow it to another machine, with the token.
function withoutLocation(response) {
  const headers = Object.fromEntries(Object.entries(response.headers).filter(([name]) => !/^location$/i.test(name)));
  return response.status < 300 || response.status > 399 ? response : { ...response, headers };
}

function authorized(headers) {
  const entries = Object.entries(headers).map(([name, value]) => [name, value.replace("{{accessToken}}", "t")]);
  return Object.fromEntries(entries);
}

function bytes({ body, raw }) {
  if (raw?.base64 !== undefined) return Buffer.from(raw.base64, "base64");
  return Buffer.from(raw?.text ?? (body === undefined ? "" : JSON.stringify(body)));
}

function isJSON(body) {
  try {
    JSON.parse(body.toString());
    return true;
  } catch {
    return false;
  }
}

function local(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
