// Puts every vector through Prism, those that no client sends, too, and holds what it says to the vectors' verdicts.
import { Opinions, vectors } from "./opinion.mjs";
import { Prism } from "./prism.mjs";

const deadline = 180_000; // milliseconds
setTimeout(() => {
  console.error("prism: it takes too long");
  process.exit(1);
}, deadline).unref();

// A vector that lacks a side borrows it from an exchange.
const borrowed = Object.fromEntries(vectors.filter((v) => v.request && v.response).map((v) => [v.operation, v]));

const prism = new Prism();
const opinions = new Opinions();
for (const vector of vectors) {
  const { request, response } = { ...borrowed[vector.operation], ...vector };
  const opinion = await prism.judge(request, () => response);
  const own = Object.entries(opinion).filter(([side]) => vector[side]);
  opinions.add(vector, Object.fromEntries(own));
}
for (const id of opinions.left) {
  opinions.complaints.push(`${id}: is listed in disagreements.json, and there is no such vector`);
}
process.exit(opinions.report(`${vectors.length} vectors`));
