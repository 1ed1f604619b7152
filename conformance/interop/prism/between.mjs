// Puts Prism between a client and the fake. This is an adapter (conformance/adapter) around another adapter, whose
// command it is given: that one gets base URLs that lead here. Prism judges what the client sends and what the fake
// answers, as it comes over the wire; a request that Prism does not let through does not reach the fake. Both sides get
// each other's own bytes, as Prism writes JSON anew. Its opinion has to be the vectors' verdict.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { createInterface } from "node:readline";
import { Opinions, vectors } from "./opinion.mjs";
import { Prism } from "./prism.mjs";

const [command, ...args] = process.argv.slice(2);
const client = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
const said = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
const ask = async (line) => {
  client.stdin.write(`${line}\n`);
  const { value, done } = await said.next();
  if (done) throw new Error("the client's adapter ended");
  return JSON.parse(value);
};

const prism = new Prism();
const opinions = new Opinions();
let current; // the case that is under way
let judged = 0;

const front = createServer(async (incoming, outgoing) => {
  const body = Buffer.concat(await incoming.toArray());
  const { authURL, apiURL } = current.case;
  const [, host, path] = /^\/(auth|api\/v1)(\/.*)$/.exec(incoming.url) ?? [];
  const relay = () => forward(incoming, (host === "auth" ? authURL : apiURL) + path, body);
  let answer;
  if (path?.endsWith("/as/token")) {
    answer = await relay(); // no operation of the contract
  } else {
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !hopByHop.has(name)));
    const raw = { base64: body.toString("base64") };
    const asked = { method: incoming.method, path: path ?? incoming.url, headers, raw };
    current.opinions.push(await prism.judge(asked, async () => (answer = await relay())));
    answer ??= { status: 502, headers: {}, body: Buffer.from("Prism did not let the request through") };
  }
  outgoing.sendDate = false;
  outgoing.writeHead(answer.status, answer.headers).end(answer.body ?? Buffer.from(answer.raw.base64, "base64"));
}).listen(0, "127.0.0.1");
await once(front, "listening");
const origin = `http://127.0.0.1:${front.address().port}`;

// What concerns one connection alone, and what the one to Prism gets anew.
const hopByHop = new Set(["connection", "content-length", "host", "transfer-encoding"]);

// forward sends the client's request on to the fake.
async function forward({ method, headers }, url, body) {
  const outgoing = request(url, { agent: false, method, headers: { ...headers, host: new URL(url).host } }).end(body);
  const [incoming] = await once(outgoing, "response");
  const bytes = Buffer.concat(await incoming.toArray());
  const own = Object.entries(incoming.headers).filter(([name]) => !hopByHop.has(name));
  return { status: incoming.statusCode, headers: Object.fromEntries(own), raw: { base64: bytes.toString("base64") } };
}

// What the client made of a case counts as ever; Prism's opinion is held to the vector's verdict. Of a vector that is
// about the answer alone the request is borrowed, and right.
function hold({ id }) {
  const vector = vectors.find((v) => v.id === id);
  const right = { verdict: "valid", findings: [] };
  const [opinion] = current.opinions;
  if (!opinion) return; // The client sent nothing.
  judged++;
  if (current.opinions.some((other) => JSON.stringify(other) !== JSON.stringify(opinion))) {
    opinions.complaints.push(`${id}: Prism says another thing of the same request`);
  }
  opinions.add({ request: right, response: right, ...vector }, opinion);
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.type === "bye") break;
  if (message.type === "hello") {
    const hello = await ask(line);
    console.log(JSON.stringify({ ...hello, name: `${hello.name} through Prism` }));
    continue;
  }
  current = { case: message, opinions: [] };
  // The rest of the line stays as it came: JSON.stringify would round its numbers.
  const { authURL, apiURL } = message;
  const led = line.replace(`"${authURL}"`, `"${origin}/auth"`).replace(`"${apiURL}"`, `"${origin}/api/v1"`);
  const result = await ask(led);
  hold(message);
  console.log(JSON.stringify(result));
}
client.stdin.end(`${JSON.stringify({ type: "bye" })}\n`);
if (client.exitCode === null) await once(client, "exit");
process.exit(opinions.report(`${judged} vectors on their way between client and fake`) || client.exitCode);
