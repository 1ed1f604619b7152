// Generates a client with each generator, and runs a login with each client against the fake.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const contract = "../../../openapi.yaml"; // with both hosts
const pack = "out/pack"; // with one document for each host
const program = "out/pingmfa-conformance";
const want = "COMPLETED EMAIL, DEVICE_SELECTION_REQUIRED EMAIL SMART_RING, SMART_RING_REQUIRED SMART_RING";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));

// run runs a command. Its output is printed only if it fails.
function run(command, env = {}) {
  const [file, ...args] = command.split(" ");
  try {
    return execFileSync(file, args, { encoding: "utf8", env: { ...process.env, ...env }, stdio: "pipe" }).trim();
  } catch (error) {
    throw new Error(`${command}\n${error.stdout ?? error}${error.stderr ?? ""}`);
  }
}

rmSync("out", { recursive: true, force: true });
rmSync("go/gen", { recursive: true, force: true });
run("go build -o out/ ../../cmd/pingmfa-conformance");
run(`${program} export ${pack}`);
run(`openapi-typescript ${contract} --output out/openapi.d.ts`);
for (const host of ["auth", "api"]) {
  const plugins = "@hey-api/client-fetch @hey-api/sdk @hey-api/typescript";
  run(`openapi-ts --input ${pack}/openapi-${host}.yaml --output out/${host} --no-log-file --plugins ${plugins}`);
}
run("tsc");
run(
  "quicktype --lang python --python-version 3.9 --no-date-times --out out/pingone.py --src-lang schema " +
    `${contract}#/components/schemas/`,
);
run("go -C go generate ./...");
run("go -C go build -o ../out/ ./...");

const fake = spawn(program, ["serve", "-o", "json"], { stdio: ["ignore", "pipe", "inherit"] });
const exit = once(fake, "exit");
let printed = "";
for await (const data of fake.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
  printed += data;
  if (printed.endsWith("\n}\n")) break;
}
const { authURL, environmentID, clientID, clientSecret, inbox, scenarios } = JSON.parse(printed);
const user = (name) => scenarios.find(({ path }) => path === `/scenario/${name}`).userID;
const settings = {
  AUTH_URL: authURL,
  ENVIRONMENT_ID: environmentID,
  CLIENT_ID: clientID,
  CLIENT_SECRET: clientSecret,
  INBOX: inbox,
  EMAIL_USER: user("one-email-device"),
  UNKNOWN_TYPE_USER: user("unknown-type"),
  UNKNOWN_STATUS_USER: user("unknown-status"),
};
let failures = 0;
for (const [name, command] of Object.entries({
  "openapi-fetch": "node out/openapi-fetch.js",
  "hey-api": "node out/hey-api.js",
  quicktype: "python3 quicktype.py",
  "oapi-codegen": "out/oapi-codegen",
  ogen: "out/ogen",
})) {
  let line;
  try {
    line = run(command, settings);
  } catch (error) {
    line = error.message;
  }
  if (line !== want) failures++;
  console.log(`${name}: ${line}`);
}
fake.stdout.resume();
fake.kill();
const [code] = await exit; // 0: no request violated the contract
if (failures > 0) console.error(`generators: ${failures} failed: want ${want}`);
if (code !== 0) console.error(`generators: a request violated the contract, or the fake failed: exit code ${code}`);
process.exit(failures === 0 && code === 0 ? 0 : 1);
