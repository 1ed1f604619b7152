// Holds conformance's validator, by the verdicts of the vectors, to the opinion of Prism. What the two see differently
// has to stand in disagreements.json with a reason, and what stands there has to be so.
import { readFileSync, readdirSync } from "node:fs";
import { Prism } from "./prism.mjs";

const deadline = 180_000; // milliseconds
setTimeout(() => {
  console.error("prism: it takes too long");
  process.exit(1);
}, deadline).unref();

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

const vectors = readdirSync(new URL("../../vectors/", import.meta.url), { recursive: true })
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => read(`../../vectors/${name}`));

// A vector that lacks a side borrows it from an exchange.
const borrowed = Object.fromEntries(vectors.filter((v) => v.request && v.response).map((v) => [v.operation, v]));

// compare names how Prism sees one side of a vector: undefined when it sees what the vector says.
function compare({ verdict, findings }, places) {
  if (places === null) return "fails";
  if (verdict === "valid") return places.length > 0 ? "refuses" : undefined;
  if (places.length === 0) return "accepts";
  return findings.every((finding) => places.includes(placeOf(finding))) ? undefined : "elsewhere";
}

// Prism names the object of a member that is too many. It does not say what of a route is wrong, or where JSON breaks.
function placeOf({ pointer, rule }) {
  if (rule === "additionalProperties") return pointer.replace(/\/[^/]*$/, "");
  if (["method", "path", "segment"].includes(rule)) return "path";
  if (rule === "syntax") return "";
  return pointer.startsWith("/") ? pointer : pointer.toLowerCase();
}

const known = new Map();
const complaints = [];
for (const { reason, prism, vectors } of read("disagreements.json").disagreements) {
  for (const id of vectors) {
    if (known.has(id)) complaints.push(`${id}: stands twice in disagreements.json`);
    if (!reason) complaints.push(`${id}: disagreements.json gives no reason`);
    known.set(id, prism);
  }
}

const prism = new Prism();
let sides = 0;
let agreed = 0;
for (const vector of vectors) {
  const { request, response } = { ...borrowed[vector.operation], ...vector };
  const opinion = await prism.judge(request, response);
  let seen;
  for (const side of ["request", "response"].filter((name) => vector[name])) {
    const difference = compare(vector[side], opinion[side]);
    seen ??= difference;
    sides++;
    agreed += difference === undefined ? 1 : 0;
  }
  if (seen !== known.get(vector.id)) {
    const listed = known.get(vector.id);
    complaints.push(`${vector.id}: Prism ${seen ?? "agrees"}, ${listed ? `listed is: ${listed}` : "not listed"}`);
  }
  known.delete(vector.id);
}
for (const id of known.keys()) complaints.push(`${id}: is listed in disagreements.json, and there is no such vector`);

for (const complaint of complaints) console.error(`prism: ${complaint}`);
const { version } = read("node_modules/@stoplight/prism-cli/package.json");
console.log(
  `prism ${version}: ${vectors.length} vectors, ${sides} sides: agrees on ${agreed}, disagrees on ${sides - agreed}` +
    (complaints.length > 0 ? ", not as listed" : ", each with a reason"),
);
process.exit(complaints.length > 0 ? 1 : 0);
