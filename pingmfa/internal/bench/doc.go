// Command bench measures the client beside what a user would write instead, on the payloads of the vendor's pages, and
// prints a line for each bar. Run it with "make bench"; PERFORMANCE.md says what it measures and how.
//
// It exits with 1 when a figure is over its bar that does not depend on the machine: allocations, bytes, packages,
// token requests. Times are printed and never a gate.
package main
