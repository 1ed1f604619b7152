// An adapter (conformance/adapter) that runs Prism between the client of another adapter and the fake. The arguments
// are the command of the other adapter, which gets the base URLs of this program. Prism checks the requests of the
// client and the responses of the fake. A request that Prism rejects does not reach the fake. Prism rewrites JSON, so
// the client and the fake get each other's original bytes. The findings of Prism must be those of the vectors.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { createInterface } from "node:readline";
import { Comparison, vectors } from "./comparison.mjs";
import { Prism } from "./prism.mjs";

const [command, ...args] = process.argv.slice(2);
const client = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
const replies = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
const roundTrip = async (line) => {
  client.stdin.write(`${line}\n`);
  const { value, done } = await replies.next();
  if (done) throw new Error("the client's adapter ended");
  return value;
};

const prism = new Prism();
const comparison = new Comparison();
let current; // the current case
let compared = 0;

const server = createServer(async (incoming, outgoing) => {
  const body = Buffer.concat(await incoming.toArray());
  const { authURL, apiURL } = current.case;
  const [, host, path] = /^\/(auth|api\/v1)(\/.*)$/.exec(incoming.url) ?? [];
  const relay = () => forward(incoming, (host === "auth" ? authURL : apiURL) + path, body);
  let response;
  if (path?.endsWith("/as/token")) {
    response = await relay(); // not in the contract
  } else {
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !hopByHop.has(name)));
    const raw = { base64: body.toString("base64") };
    const received = { method: incoming.method, path: path ?? incoming.url, headers, raw };
    current.found.push(await prism.check(received, async () => (response = await relay())));
    response ??= { status: 502, headers: {}, body: Buffer.from("Prism rejected the request") };
  }
  outgoing.sendDate = false;
  outgoing.writeHead(response.status, response.headers);
  outgoing.end(response.body ?? Buffer.from(response.raw.base64, "base64"));
}).listen(0, "127.0.0.1");
await once(server, "listening");
const origin = `http://127.0.0.1:${server.address().port}`;

// Headers that are not forwarded.
const hopByHop = new Set(["connection", "content-length", "host", "transfer-encoding"]);

// forward sends the client's request to the fake and returns its response.
async function forward({ method, headers }, url, body) {
  const outgoing = request(url, { agent: false, method, headers: { ...headers, host: new URL(url).host } }).end(body);
  const [incoming] = await once(outgoing, "response");
  const bytes = Buffer.concat(await incoming.toArray());
  const own = Object.entries(incoming.headers).filter(([name]) => !hopByHop.has(name));
  return { status: incoming.statusCode, headers: Object.fromEntries(own), raw: { base64: bytes.toString("base64") } };
}

// compare compares the findings of Prism with the sides that the vector has. The others are those of an exchange.
function compare({ id }) {
  const vector = vectors.find((v) => v.id === id);
  const [found] = current.found;
  if (!found) return; // The client sent no request.
  compared++;
  if (current.found.some((other) => JSON.stringify(other) !== JSON.stringify(found))) {
    comparison.errors.push(`${id}: Prism has other findings in the repeated request`);
  }
  comparison.add(vector, found);
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.type === "bye") break;
  if (message.type === "hello") {
    const hello = JSON.parse(await roundTrip(line));
    console.log(JSON.stringify({ ...hello, name: `${hello.name} through Prism` }));
    continue;
  }
  current = { case: message, found: [] };
  // Replace only the URLs, because JSON.stringify would round numbers.
  const { authURL, apiURL } = message;
  const redirected = line.replace(`"${authURL}"`, `"${origin}/auth"`).replace(`"${apiURL}"`, `"${origin}/api/v1"`);
  const result = await roundTrip(redirected); // not parsed, for the same reason
  compare(message);
  console.log(result);
}
client.stdin.end(`${JSON.stringify({ type: "bye" })}\n`);
if (client.exitCode === null) await once(client, "exit");
process.exit(comparison.report(`${compared} vectors between client and fake`) || client.exitCode);
