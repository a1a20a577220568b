import { parseArgs } from "node:util";
import { judge, judgeExpressions, judgeRepeats } from "./aims.ts";
import { recordDocuments } from "./documents.ts";
import { openEmbedded } from "./embedded.ts";
import { type ExpressionSize, measureExpressions } from "./expressions.ts";
import { type GroundName, groundNames } from "./ground.ts";
import { stepsPerExecution } from "./load.ts";
import { describeMachine } from "./machine.ts";
import { concurrencies, measure, type Row, type Size } from "./measure.ts";
import { openPostgres } from "./postgres.ts";
import { measureRepeats, type RepeatSize } from "./repeat.ts";
import { type Report, render } from "./report.ts";
import { measureScale, scaleNames } from "./scale.ts";
import { judgeScale } from "./scale-aims.ts";

const usage = `Usage: npm run bench -- [--only NAME] [--quick] [--json]

  --only NAME   one of: ${names().join(", ")}; may be repeated
  --quick       a few executions: shows that it works, and no figures to rely on
  --json        one JSON object instead of tables
`;

const full: Size = { executions: 1_000, slice: { 1: 20, 100: 200 }, warmUp: 100 };
const quick: Size = { executions: 4, slice: { 1: 2, 100: 2 }, warmUp: 1 };
const fullExpressions: ExpressionSize = { slices: 25, sliceMs: 2, warmUpMs: 25 };
const quickExpressions: ExpressionSize = { slices: 1, sliceMs: 0.1, warmUpMs: 0.1 };
const fullRepeats: RepeatSize = { iterations: 10_000, window: 1_000, slice: 50, warmUp: 1_000 };
const quickRepeats: RepeatSize = { iterations: 40, window: 10, slice: 5, warmUp: 5 };
const openers = { embedded: openEmbedded, postgres: openPostgres };

function names(): string[] {
  const grounds = groundNames.flatMap((ground) => [
    ground,
    ...concurrencies.map((count) => `${ground}-${count}`),
  ]);
  return [...grounds, "expressions", "repeat", ...scaleNames];
}

interface Options {
  readonly only: readonly string[];
  readonly quick: boolean;
  readonly json: boolean;
}

function readOptions(args: readonly string[]): Options | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true, default: [] },
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    return values.only.every((name) => names().includes(name)) ? values : null;
  } catch {
    return null;
  }
}

function isWanted({ only }: Options, ...parts: readonly string[]): boolean {
  return only.length === 0 || parts.some((name) => only.includes(name));
}

async function bench(options: Options): Promise<Report> {
  const began = performance.now();
  const machine = describeMachine();
  const steps = await benchSteps(options);
  const repeats = await benchRepeats(options);
  let expressions: Report["expressions"] = [];
  if (isWanted(options, "expressions")) {
    process.stderr.write("measuring expressions\n");
    expressions = await measureExpressions(options.quick ? quickExpressions : fullExpressions);
  }
  const scale = await measureScale((name) => isWanted(options, name), options.quick ? "quick" : "full");
  return {
    machine,
    ...steps,
    ...scale,
    databases: steps.databases.length > 0 ? steps.databases : repeats.databases,
    repeats: repeats.rows,
    expressions,
    aims: [
      ...judge(steps.rows),
      ...judgeRepeats(repeats.rows),
      ...judgeExpressions(expressions),
      ...judgeScale(scale),
    ],
    seconds: (performance.now() - began) / 1000,
  };
}

async function benchSteps(options: Options): Promise<Pick<Report, "databases" | "document" | "rows">> {
  const isAsked = (ground: GroundName, concurrency: number) =>
    isWanted(options, ground, `${ground}-${concurrency}`);
  const wanted = groundNames
    .map((name) => ({ name, at: concurrencies.filter((concurrency) => isAsked(name, concurrency)) }))
    .filter(({ at }) => at.length > 0);
  const databases: Report["databases"][number][] = [];
  const rows: Row[] = [];
  if (wanted.length === 0) return { databases, document: null, rows };
  const { copy, meanBytes } = await recordDocuments();
  for (const { name, at } of wanted) {
    const ground = await openers[name]();
    try {
      databases.push({ name, facts: ground.facts });
      for (const concurrency of at) {
        process.stderr.write(`measuring ${name}, ${concurrency} at once\n`);
        rows.push(...(await measure(ground, copy, concurrency, options.quick ? quick : full)));
      }
    } finally {
      await ground.close();
    }
  }
  return { databases, document: { meanBytes, stepsPerExecution }, rows };
}

async function benchRepeats(options: Options) {
  if (!isWanted(options, "repeat")) return { databases: [], rows: [] };
  const ground = await openers.embedded();
  try {
    process.stderr.write("measuring repeat\n");
    const rows = await measureRepeats(ground, options.quick ? quickRepeats : fullRepeats);
    return { databases: [{ name: ground.name, facts: ground.facts }], rows };
  } finally {
    await ground.close();
  }
}

const options = readOptions(process.argv.slice(2));
if (options === null) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  const report = await bench(options);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : render(report));
}
