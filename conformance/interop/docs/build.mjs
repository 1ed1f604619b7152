// Renders the contract as one page that works offline: docs/index.html in the root of the repository.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const local = (name) => fileURLToPath(new URL(name, import.meta.url));
const page = local("../../../docs/index.html");

const { status, stdout, stderr } = spawnSync(
  local("../lint/node_modules/.bin/redocly"),
  ["build-docs", "contract", "--inlineBundle", "--template=page.hbs", `--output=${page}`],
  { cwd: local("."), encoding: "utf8" },
);
if (status !== 0) {
  console.error(`${stdout ?? ""}${stderr ?? ""}docs: Redocly cannot render openapi.yaml`);
  process.exit(1);
}

// Redoc loads a picture with its author's name. The page contains the name as a data URL instead.
const name = (width, text) =>
  `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='${width}' height='16'%3E` +
  `%3Ctext y='12' font-family='sans-serif' font-size='11' fill='%23888890'%3E${text}%3C/text%3E%3C/svg%3E`;
const pictures = {
  "https://cdn.redoc.ly/redoc/logo-mini-full.svg": name(44, "Redocly"),
  "https://cdn.redoc.ly/redoc/logo-mini.svg": name(9, "R"),
};
let html = readFileSync(page, "utf8");
for (const [address, picture] of Object.entries(pictures)) {
  if (!html.includes(address)) throw new Error(`docs: Redoc no longer loads ${address}: remove it from build.mjs`);
  html = html.replaceAll(address, picture);
}
writeFileSync(page, html);
console.log(`docs/index.html: ${Math.round(html.length / 1024)} KiB`);
