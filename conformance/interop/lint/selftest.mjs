// A rule with a mistake may match nothing, and then never reports a violation. So each rule that redocly.yaml and
// .spectral.yaml add must report a violation in broken.yaml, which violates all of them.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const linters = [
  {
    config: "redocly.yaml",
    command: ["redocly", "lint", "broken.yaml", "--format=json"],
    reported: (report) => report.problems.map((problem) => problem.ruleId),
  },
  {
    config: ".spectral.yaml",
    command: ["spectral", "lint", "broken.yaml", "--format=json", "--quiet"],
    reported: (report) => report.map((problem) => problem.code),
  },
];

for (const { config, command, reported } of linters) {
  const added = readFileSync(config, "utf8")
    .replace(/^[^]*^rules:$/m, "")
    .matchAll(/^ {2}([\w-]+):(?! off)/gm);
  const { stdout } = spawnSync(command[0], command.slice(1), { encoding: "utf8" });
  const found = new Set(reported(JSON.parse(stdout)));
  const names = [...added].map(([, name]) => name);
  const silent = names.filter((name) => !found.has(name));
  if (names.length === 0 || silent.length > 0) {
    console.error(`${config}: ${silent.join(", ") || "no rule found"}: no violation reported in broken.yaml`);
    process.exitCode = 1;
  } else {
    console.log(`${config}: each of its ${names.length} rules reports a violation in broken.yaml`);
  }
}
