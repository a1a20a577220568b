// Plays the library: every case of its tests, then random but sensible scenarios, and prints what came of each workflow.
// `--count N` scenarios (default 1000), `--seed S` to repeat a run, `--only NAME` for one workflow.
import { parseArgs } from "node:util";
import { playAll } from "../src/sandbox/workflow-tests/pool.ts";
import type { Verdict } from "../src/sandbox/workflow-tests/verdict.ts";
import { readLibrary } from "./library/read.ts";
import { scenarioOf } from "./library/scenarios.ts";
import { seeded } from "./library/seeded.ts";

const { values } = parseArgs({
  options: { count: { type: "string" }, seed: { type: "string" }, only: { type: "string" } },
});
const count = Number(values.count ?? 1_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
/** As promised of a thousand: so many of a hundred end well, the others as the workflow means them to. Fewer say too little. */
const promised = count >= 1_000 ? 95 : 0;

const library = [...readLibrary()].filter(([stem]) => values.only === undefined || stem === values.only);
if (library.length === 0) throw new Error(`there is no workflow ${values.only}`);
const random = seeded(seed);
const written = library.flatMap(([stem, { cases }]) => cases.map((one) => ({ stem, one })));
const scenarios = Array.from({ length: count }, (_, index) => {
  const [stem, played] = library[index % library.length] ?? library[0] ?? ["", { cases: [] }];
  if (!("workflow" in played)) throw new Error(`${stem} is no workflow`);
  return { stem, ...scenarioOf(played, random) };
});

interface Row {
  cases: number;
  failedCases: number;
  scenarios: number;
  well: number;
  asMeant: number;
  wrong: number;
}
const rows = new Map<string, Row>(
  library.map(([stem]) => [stem, { cases: 0, failedCases: 0, scenarios: 0, well: 0, asMeant: 0, wrong: 0 }]),
);
const rowOf = (stem: string): Row =>
  rows.get(stem) ?? { cases: 0, failedCases: 0, scenarios: 0, well: 0, asMeant: 0, wrong: 0 };
const tell = (stem: string, { name, problems, detail }: Verdict, changes: readonly string[]) => {
  console.log(`FAIL  ${stem}: ${name}`);
  const found = detail.length > 0 ? detail : problems.map(({ message }) => message);
  for (const each of [...changes, ...found]) console.log(`      ${each}`);
};

await playAll(
  written.map(({ one }) => one),
  (verdict, index) => {
    const stem = written[index]?.stem ?? "";
    rowOf(stem).cases += 1;
    if (verdict.passed) return;
    rowOf(stem).failedCases += 1;
    tell(stem, verdict, []);
  },
);
await playAll(
  scenarios.map(({ one }) => one),
  (verdict, index) => {
    const scenario = scenarios[index];
    if (scenario === undefined) return;
    const row = rowOf(scenario.stem);
    row.scenarios += 1;
    if (!verdict.passed) {
      row.wrong += 1;
      tell(scenario.stem, verdict, scenario.changes);
    } else if (scenario.one.test.expect.state === "completed") row.well += 1;
    else row.asMeant += 1;
  },
);

console.log(
  `\n| workflow | cases | scenarios | end well | as meant | wrong |\n| --- | --- | --- | --- | --- | --- |`,
);
const sum = { cases: 0, failedCases: 0, scenarios: 0, well: 0, asMeant: 0, wrong: 0 };
for (const [stem, row] of rows) {
  for (const key of Object.keys(sum) as (keyof Row)[]) sum[key] += row[key];
  console.log(line(stem, row));
}
console.log(line("all", sum));
const share = (100 * sum.well) / Math.max(1, sum.scenarios);
console.log(
  `\nseed ${seed}: ${share.toFixed(1)} % of ${sum.scenarios} scenarios end well, ${sum.wrong} came out wrong`,
);
if (sum.failedCases > 0 || sum.wrong > 0 || share < promised) process.exitCode = 1;

function line(name: string, row: Row): string {
  const cases = row.failedCases > 0 ? `${row.cases} (${row.failedCases} failed)` : String(row.cases);
  return `| ${name} | ${cases} | ${row.scenarios} | ${row.well} | ${row.asMeant} | ${row.wrong} |`;
}
