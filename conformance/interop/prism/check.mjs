// Sends every vector through Prism and compares the findings. This includes the requests that no client sends.
import { Comparison, vectors } from "./comparison.mjs";
import { Prism } from "./prism.mjs";

const deadline = 180_000; // milliseconds
setTimeout(() => {
  console.error("prism: timeout");
  process.exit(1);
}, deadline).unref();

// A vector without a request or a response gets that of an exchange with a result.
const exchanges = vectors.filter((v) => v.request && v.response?.body && v.response.status < 300 && !v.expect);
const examples = Object.fromEntries(exchanges.map((v) => [v.operation, v]));

const prism = new Prism();
const comparison = new Comparison();
for (const vector of vectors) {
  const { request, response } = { ...examples[vector.operation], ...vector };
  const found = await prism.check(request, () => response);
  comparison.add(vector, found);
}
for (const id of comparison.unused) {
  comparison.errors.push(`${id}: there is no such vector, but disagreements.json lists it`);
}
process.exit(comparison.report(`${vectors.length} vectors`));
