// Starts the browser of the tests.
import { chromium } from "playwright-core";

// No name resolves, and the browser makes no requests of its own.
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM, args });

export const wide = { viewport: { width: 1440, height: 900 }, colorScheme: "light" };
export const narrow = { viewport: { width: 390, height: 844 }, colorScheme: "dark" };
