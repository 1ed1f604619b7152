// Tests docs/index.html in a browser: wide and narrow, light and dark.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, narrow, wide } from "./browser.mjs";

const page = new URL("../../../docs/index.html", import.meta.url);

// The contract, without the changes for the page.
const bundle = ["bundle", "../../../openapi.yaml", "--ext=json", "--dereferenced", "--config=../lint/redocly.yaml"];
const here = fileURLToPath(new URL(".", import.meta.url));
const contract = JSON.parse(
  execFileSync("../lint/node_modules/.bin/redocly", bundle, {
    cwd: here,
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 2 ** 25, // bytes
  }),
);
const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
);

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

// look opens the page. It fails if the page makes a request, logs an error, or is wider than the viewport.
async function look(settings, place, check) {
  const context = await browser.newContext(settings);
  context.setDefaultTimeout(20_000); // milliseconds
  const faults = [];
  context.on("request", (request) => {
    if (request.url() !== page.href && !/^(blob|data):/.test(request.url())) faults.push(`requests ${request.url()}`);
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(message.text());
  });
  context.on("weberror", (error) => faults.push(String(error.error())));
  const tab = await context.newPage();
  await tab.goto(page.href + place);
  await check(tab);
  const width = await tab.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= settings.viewport.width, `the page is ${width} pixels wide`);
  assert.deepEqual(faults, []);
  await context.close();
}

const polling = { polling: 20 }; // milliseconds

const placeOf = ({ tags, operationId }) => `#/${tags[0]}/${operationId}`.toLowerCase().replaceAll(" ", "-");

for (const settings of [wide, narrow]) {
  describe(`${settings.viewport.width} pixels, ${settings.colorScheme}`, () => {
    for (const operation of operations) {
      const { method, path, summary, operationId, requestBody, responses } = operation;
      test(`links to ${operationId}, and shows the examples of a request and a response`, () =>
        look(settings, "", async (tab) => {
          const { title, version } = contract.info;
          await tab.getByRole("heading", { name: `${title} (${version})` }).waitFor();
          await tab.waitForFunction(isLinked, path, polling);
          await tab.getByRole("link", { name: `${method} ${path}`, exact: true }).click();
          await tab.getByRole("heading", { name: summary }).waitFor();
          assert.equal(new URL(tab.url()).hash, placeOf(operation));
          const payloads = [requestBody, responses["200"] ?? responses["201"]].flatMap(firstExample);
          for (const text of [path, ...payloads, ...Object.keys(responses)]) {
            await tab.waitForFunction(isShown, text, polling);
          }
        }));
    }
  });
}

test("opens at the link of an operation", () =>
  look(wide, placeOf(operations.at(-1)), async (tab) => {
    await tab.getByRole("heading", { name: operations.at(-1).summary }).waitFor();
  }));

// firstExample returns the example that the page shows first. A GET has no body, and no example of one.
function firstExample(body) {
  if (!body) return [];
  const [{ examples }] = Object.values(body.content);
  return JSON.stringify(Object.values(examples)[0].value);
}

// These two functions run in the page, which renders its content when it is scrolled into view.
function isLinked(text) {
  scrollBy(0, 500);
  return [...document.links].some((link) => link.innerText.includes(text));
}

function isShown(text) {
  scrollBy(0, 500);
  const compact = (text) => text.replace(/\s/g, ""); // the page formats the payload
  return compact(document.body.innerText).includes(compact(text));
}

test("finds a property by its name", () =>
  look(wide, "", async (tab) => {
    await tab.getByText("Search").first().click();
    await tab.keyboard.type("nickname");
    await tab.getByText(/^request fields.*nickname$/).waitFor();
  }));
