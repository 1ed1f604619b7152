// Package coverage proves that the vectors of package conformance hold every constraint of an OpenAPI description.
//
// [Run] weakens, removes or tightens one constraint at a time: a required name, a type, a pattern's quantifier, a
// documented status, the openness of an answer. Each time at least one vector has to notice. A mutant that none
// notices survives: a vector is missing, or the description says something that means nothing.
//
// Mutants are made by walking the description, never from a list: what is added to it is covered by itself, and a
// keyword that this package does not know is an error. Three readers look at each mutant, and one that notices is
// enough:
//
//   - the validator: another verdict, or other findings, than the vector declares;
//   - the validator without discriminators, as many generators read a description: another verdict;
//   - where a member, a header, a status or a known value was taken away, a reader of what an answer holds and the
//     description does not tell of: as answers are open, no verdict depends on these.
//
// Not covered are texts, examples, and the servers' region names, which are on no wire: a vector names a host's role.
package coverage
