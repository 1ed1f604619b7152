// Tests the page of "pingmfa-conformance serve" in a browser: a person logs in with what the page shows.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, narrow, wide } from "./browser.mjs";

let browser, directory, program;
before(async () => {
  directory = mkdtempSync(join(tmpdir(), "pingmfa-"));
  program = join(directory, "pingmfa-conformance");
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  execFileSync("go", ["build", "-o", program, "./conformance/cmd/pingmfa-conformance"], { cwd: root, stdio: "inherit" });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true });
});

// serve runs the program until the test ends, and returns what it has printed.
async function serve(t, addr = "127.0.0.1:0") {
  const fake = spawn(program, ["serve", "-o", "json", "-addr", addr], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => fake.kill());
  let printed = "";
  for await (const data of fake.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    printed += data;
    if (printed.endsWith("\n}\n")) break;
  }
  fake.stdout.resume();
  const exit = once(fake, "exit");
  return { ...JSON.parse(printed), stop: () => (fake.kill(), exit) };
}

// open opens the page. The test fails if the page logs an error, requests another host, or is wider than the viewport.
async function open(t, settings, fake) {
  const context = await browser.newContext(settings);
  context.setDefaultTimeout(20_000); // milliseconds
  const faults = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(fake.url)) faults.push(`requests ${request.url()}`);
  });
  context.on("console", (message) => faults.push(message.text()));
  context.on("weberror", (error) => faults.push(String(error.error())));
  const tab = await context.newPage();
  await tab.goto(fake.url);
  await tab.evaluate(() => (window.notReloaded = true));
  const close = async () => {
    const width = await tab.evaluate(() => document.documentElement.scrollWidth);
    await context.close();
    assert.ok(width <= settings.viewport.width, `the page is ${width} pixels wide`);
    assert.deepEqual(faults, []);
  };
  return { tab, close };
}

// client returns the requests of a client, for the fake at a prefix.
async function client(fake, prefix = "") {
  const auth = fake.authURL.replace("/ping-auth", `${prefix}/ping-auth`) + `/${fake.environmentID}`;
  const request = async (url, options) => {
    const response = await fetch(url, options);
    assert.ok(response.ok, `${url}: ${response.status}`);
    return response.json();
  };
  const { access_token: token } = await request(`${auth}/as/token`, {
    method: "POST",
    headers: { Authorization: "Basic " + btoa([fake.clientID, fake.clientSecret].map(encodeURIComponent).join(":")) },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const send = (path, type, body) =>
    request(`${auth}/deviceAuthentications${path}`, {
      method: body ? "POST" : "GET",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": `application/${type}` },
      body: JSON.stringify(body),
    });
  return {
    start: (scenario, members) => {
      const { userID } = fake.scenarios.find(({ path }) => path === `/scenario/${scenario}`);
      return send("", "json", { user: { id: userID }, ...members });
    },
    act: (id, action, body) => send(`/${id}`, `vnd.pingidentity.${action}+json`, body),
    read: async (id) => (await send(`/${id}`, "json")).status,
  };
}

for (const settings of [wide, narrow]) {
  describe(`${settings.viewport.width} pixels, ${settings.colorScheme}`, () => {
    test("shows each message without a reload, and its passcode completes the login", async (t) => {
      const fake = await serve(t);
      const { tab, close } = await open(t, settings, fake);
      const inbox = tab.getByRole("table", { name: "Inbox" }).locator("tbody").getByRole("row");
      await tab.getByText("No message yet").waitFor();
      const { start, act } = await client(fake);

      const email = await start("one-email-device");
      const row = inbox.filter({ hasText: email.id });
      await row.getByText("j.fictional@pingidentity.com").waitFor();
      await tab.getByText("1 message", { exact: true }).waitFor();
      const template = { name: "transaction", locale: "fr-CA", variables: { amount: "7" } };
      const sms = await start("one-time-sms", {
        selectedDevice: { oneTime: { type: "SMS", phone: "+14135550150" } },
        notification: { template: { ...template, variant: "<img src=x>" } },
      });
      await inbox.filter({ hasText: sms.id }).getByText("+14135550150").waitFor();
      await tab.getByText("2 messages", { exact: true }).waitFor();
      assert.match(await inbox.first().innerText(), /SMS[^]*transaction\s+fr-CA <img src=x>/, "the newest is first, and no HTML");

      for (const { id } of [email, sms]) {
        const message = inbox.filter({ hasText: id });
        const [otp] = (await message.innerText()).match(/\b\d{6}\b/);
        assert.equal((await act(id, "otp.check", { otp })).status, "COMPLETED");
        await message.getByText("COMPLETED").waitFor();
      }
      assert.equal(await inbox.count(), 2);
      assert.ok(await tab.evaluate(() => window.notReloaded));
      await close();
    });

    test("confirms and denies a push, with the keyboard", async (t) => {
      const fake = await serve(t);
      const { tab, close } = await open(t, settings, fake);
      // What the page says of a push stays, although a poll that began before the answer has not ended.
      await tab.route("**/passcodes", async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await route.continue();
      });
      for (const prefix of ["", "/scenario/push@a"]) {
        const { start, read } = await client(fake, prefix);
        for (const [button, said, status] of [
          ["Confirm", "The push was confirmed.", "COMPLETED"],
          ["Deny", "The push was denied.", "FAILED"],
        ]) {
          const { id } = await start("push");
          const row = tab.getByRole("row").filter({ hasText: id }).filter({ hasText: prefix });
          await row.getByRole("button", { name: button }).focus();
          await tab.keyboard.press("Enter");
          await tab.getByRole("status").getByText(said).waitFor();
          assert.equal(await read(id), status);
          await row.getByText(status).waitFor();
          assert.equal(await row.getByRole("button").count(), 0);
          await tab.waitForResponse("**/passcodes");
          assert.equal(await tab.getByRole("status").innerText(), said);
        }
      }
      await close();
    });
  });
}

test("shows the passcode of a TOTP device", async (t) => {
  const fake = await serve(t);
  const { tab, close } = await open(t, wide, fake);
  const { start, act } = await client(fake);
  const { id, _embedded } = await start("all-types");
  const device = _embedded.devices.find(({ type }) => type === "TOTP");
  assert.equal((await act(id, "device.select", { device: { id: device.id } })).status, "OTP_REQUIRED");
  const row = tab.getByRole("table", { name: "Passcodes" }).getByRole("row").filter({ hasText: device.id });
  const otp = await row.getByRole("cell").first().innerText();
  assert.equal((await act(id, "otp.check", { otp })).status, "COMPLETED");
  await close();
});

test("a page that has lost its fake says so, and is reloaded when there is another one", async (t) => {
  const fake = await serve(t);
  const tab = await browser.newPage(wide);
  await tab.goto(fake.url);
  await tab.getByText(fake.token, { exact: true }).waitFor();
  await fake.stop();
  await tab.getByRole("status").getByText("does not respond").waitFor();
  const another = await serve(t, new URL(fake.url).host);
  await tab.getByText(another.token, { exact: true }).waitFor();
  await tab.close();
});
