import { readFileSync, readdirSync } from "node:fs";

export const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

export const vectors = readdirSync(new URL("../../vectors/", import.meta.url), { recursive: true })
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => read(`../../vectors/${name}`));

// Opinions holds what Prism says to the verdicts of the vectors, which are kin-openapi's. What the two see differently
// has to stand in disagreements.json with a reason, and what stands there has to be so.
export class Opinions {
  complaints = [];
  agreed = 0;
  sides = 0;
  #known = new Map();

  constructor() {
    for (const { reason, prism, vectors } of read("disagreements.json").disagreements) {
      for (const id of vectors) {
        if (this.#known.has(id)) this.complaints.push(`${id}: stands twice in disagreements.json`);
        if (!reason) this.complaints.push(`${id}: disagreements.json gives no reason`);
        this.#known.set(id, prism);
      }
    }
  }

  // add takes what Prism said of some of a vector's sides: lists of places, or null where it fell over.
  add(vector, opinion) {
    let seen;
    for (const [side, places] of Object.entries(opinion)) {
      const difference = compare(vector[side], places);
      seen ??= difference;
      this.sides++;
      this.agreed += difference === undefined ? 1 : 0;
    }
    const listed = this.#known.get(vector.id);
    if (seen !== listed) {
      const what = `Prism ${seen ?? "agrees"}, ${listed ? `listed is: ${listed}` : "not listed"}`;
      this.complaints.push(`${vector.id}: ${what}`);
    }
    this.#known.delete(vector.id);
  }

  // left are the vectors that are listed, and were not added.
  get left() {
    return [...this.#known.keys()];
  }

  // report says what came of it, and returns the exit status.
  report(what) {
    for (const complaint of this.complaints) console.error(`prism: ${complaint}`);
    const { version } = read("node_modules/@stoplight/prism-cli/package.json");
    const disagreed = this.sides - this.agreed;
    const as = this.complaints.length > 0 ? "not as listed" : "each with a reason";
    const score = `agrees on ${this.agreed}, disagrees on ${disagreed}, ${as}`;
    console.error(`prism ${version}: ${what}, ${this.sides} sides: ${score}`);
    return this.complaints.length > 0 ? 1 : 0;
  }
}

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
