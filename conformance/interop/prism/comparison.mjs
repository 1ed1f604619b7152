import { readFileSync, readdirSync } from "node:fs";

export const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

export const vectors = readdirSync(new URL("../../vectors/", import.meta.url), { recursive: true })
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => complete(name.slice(0, -".json".length).replaceAll("\\", "/"), read(`../../vectors/${name}`)));

// complete sets what the file of a vector leaves out of its request and response.
function complete(id, vector) {
  const schema = read("../../vector.schema.json");
  const own = schema.allOf.find((o) => o.if.properties.operation.const === vector.operation).then;
  for (const side of ["request", "response"].filter((side) => vector[side])) {
    const properties = [schema, own].flatMap((part) => Object.entries(part.properties[side].properties));
    const withDefault = properties.filter(([, property]) => "default" in property);
    const defaults = Object.fromEntries(withDefault.map(([name, property]) => [name, property.default]));
    const headers = Object.entries({ ...defaults.headers, ...vector[side].headers }).filter(([, value]) => value !== null);
    vector[side] = { ...defaults, ...vector[side], headers: Object.fromEntries(headers) };
  }
  return { id, ...vector };
}

// Comparison compares the findings of Prism with the verdicts and findings of the vectors. disagreements.json must list
// every difference with its reason, and no others.
export class Comparison {
  errors = [];
  agreed = 0;
  sides = 0;
  #known = new Map();

  constructor() {
    for (const { reason, prism, vectors } of read("disagreements.json").disagreements) {
      for (const id of vectors) {
        if (this.#known.has(id)) this.errors.push(`${id}: is repeated in disagreements.json`);
        if (!reason) this.errors.push(`${id}: has no reason in disagreements.json`);
        this.#known.set(id, prism);
      }
    }
  }

  // add compares the sides that a vector has. A side is the list of places that Prism reported, or null if it failed.
  add(vector, found) {
    let difference;
    for (const [side, places] of Object.entries(found).filter(([side]) => vector[side])) {
      const own = compare(vector[side], places);
      difference ??= own;
      this.sides++;
      this.agreed += own === undefined ? 1 : 0;
    }
    const listed = this.#known.get(vector.id);
    if (difference !== listed) {
      const expected = listed ?? "agrees";
      this.errors.push(`${vector.id}: Prism ${difference ?? "agrees"}; according to disagreements.json it ${expected}`);
    }
    this.#known.delete(vector.id);
  }

  // unused returns the listed ids that were not added.
  get unused() {
    return [...this.#known.keys()];
  }

  // report prints the result and returns the exit status. what describes the vectors.
  report(what) {
    for (const error of this.errors) console.error(`prism: ${error}`);
    const { version } = read("node_modules/@stoplight/prism-cli/package.json");
    const disagreed = this.sides - this.agreed;
    const listed = this.errors.length > 0 ? "not as listed" : "as listed";
    const score = `agrees on ${this.agreed}, disagrees on ${disagreed}, ${listed}`;
    console.error(`prism ${version}: ${what}, ${this.sides} sides: ${score}`);
    return this.errors.length > 0 ? 1 : 0;
  }
}

// compare returns how Prism differs from one side of a vector, or undefined if it does not.
function compare({ verdict, findings }, places) {
  if (places === null) return "fails";
  if (verdict === "valid") return places.length > 0 ? "refuses" : undefined;
  if (places.length === 0) return "accepts";
  return findings.every((finding) => places.includes(placeOf(finding))) ? undefined : "elsewhere";
}

// placeOf returns the place that Prism reports for a finding. For an unknown member it is the object. For a wrong
// method or path, and for invalid JSON, Prism reports no details.
function placeOf({ pointer, rule }) {
  if (rule === "additionalProperties") return pointer.replace(/\/[^/]*$/, "");
  if (["method", "path", "segment"].includes(rule)) return "path";
  if (rule === "syntax") return "";
  return pointer.startsWith("/") ? pointer : pointer.toLowerCase();
}
