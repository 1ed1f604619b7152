import { once } from "node:events";
import { createServer, request } from "node:http";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const answerTime = 10_000; // milliseconds
const brokenTime = 300; // Prism does not answer a request whose body is not JSON: so long it is waited for.

// Prism is a validating proxy in front of an upstream that gives whatever answer it is told to. Both listen on loopback
// alone. Prism runs in a thread of this process, and cannot outlive it.
export class Prism {
  #answer;
  #forwarded;
  #upstream;
  #worker;
  #ended;
  #port;

  // judge sends a request through Prism, lets the answer come back through it, and tells what Prism said of each side:
  // the places of its complaints, in the words of the vectors. It is null for a side on which Prism had no say. answer
  // is asked once Prism has let the request through.
  async judge(asked, answer) {
    await this.#start();
    this.#answer = answer;
    this.#forwarded = false;
    const body = bytes(asked);
    const outgoing = request({
      agent: false,
      host: "127.0.0.1",
      port: this.#port,
      method: asked.method,
      path: asked.path,
      headers: { ...authorized(asked.headers), "Content-Length": body.length },
      signal: AbortSignal.timeout(body.length > 0 && !isJSON(body) ? brokenTime : answerTime),
    }).end(body);
    try {
      const [incoming] = await once(outgoing, "response");
      await incoming.resume().toArray();
      return this.#opinion(incoming);
    } catch (error) {
      if (error.name !== "AbortError") await this.#ended; // It fell over.
      return { request: null, response: null };
    }
  }

  #opinion({ headers }) {
    const violations = readViolations(headers["sl-violations"]);
    const places = (side) => violations.filter(({ location }) => location[0] === side).map(place);
    // An answer that Prism cannot read ends in a problem of its own making.
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
        const answer = withoutLocation(await this.#answer());
        outgoing.writeHead(answer.status, answer.headers).end(bytes(answer));
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
    worker.on("error", () => {}); // What Prism does not catch ends its thread; the next request starts another.
    this.#ended = new Promise((resolve) => worker.on("exit", resolve)).then(() => (this.#worker = undefined));
    this.#port = await new Promise((resolve, reject) => {
      let said = "";
      worker.stdout.on("data", (chunk) => {
        said += chunk;
        const [, port] = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(said) ?? [];
        if (port) resolve(port);
      });
      worker.on("exit", () => reject(new Error(`Prism does not start:\n${said}`)));
    });
    this.#worker = worker;
  }
}

// readViolations reads the list that Prism puts into a header. It cuts one of more than 8 kB off: what is whole counts.
function readViolations(header = "[]") {
  const [, cut] = /^Too many violations! (.*\}),\{"location":/.exec(header) ?? [];
  return JSON.parse(cut ? `${cut}]` : header);
}

// place is where a violation is, in the words of the vectors. Prism writes all names in lower case but those in a body.
function place({ location: [, part, ...path], code, message }) {
  if (part === "body") return path.map((name) => `/${escaped(String(name))}`).join("");
  if (part) return [part, ...path].join(":");
  if (String(code) === "401") return "header:authorization";
  if (String(code) === "415" || message.includes("media type")) return "header:content-type";
  if (message.includes("route not found")) return "path";
  return code === "required" ? "" : message;
}

function escaped(name) {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

// withoutLocation keeps Prism from following a redirect, out of this machine and with the token.
function withoutLocation(answer) {
  const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !/^location$/i.test(name)));
  return answer.status < 300 || answer.status > 399 ? answer : { ...answer, headers };
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
