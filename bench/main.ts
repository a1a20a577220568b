import { parseArgs } from "node:util";
import { judge } from "./aims.ts";
import { recordDocuments } from "./documents.ts";
import { openEmbedded } from "./embedded.ts";
import { type GroundName, groundNames } from "./ground.ts";
import { stepsPerExecution } from "./load.ts";
import { describeMachine } from "./machine.ts";
import { concurrencies, measure, type Row, type Size } from "./measure.ts";
import { openPostgres } from "./postgres.ts";
import { type Report, render } from "./report.ts";

const usage = `Usage: npm run bench -- [--only NAME] [--quick] [--json]

  --only NAME   one of: ${names().join(", ")}; may be repeated
  --quick       a few executions: shows that it works, and no figures to rely on
  --json        one JSON object instead of tables
`;

const full: Size = { executions: 1_000, slice: { 1: 20, 100: 200 }, warmUp: 100 };
const quick: Size = { executions: 4, slice: { 1: 2, 100: 2 }, warmUp: 1 };
const openers = { embedded: openEmbedded, postgres: openPostgres };

function names(): string[] {
  return groundNames.flatMap((ground) => [ground, ...concurrencies.map((count) => `${ground}-${count}`)]);
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

function isWanted({ only }: Options, ground: GroundName, concurrency: number): boolean {
  return only.length === 0 || only.includes(ground) || only.includes(`${ground}-${concurrency}`);
}

async function bench(options: Options): Promise<Report> {
  const began = performance.now();
  const machine = describeMachine();
  const { copy, meanBytes } = await recordDocuments();
  const databases: Report["databases"][number][] = [];
  const rows: Row[] = [];
  for (const name of groundNames) {
    const wanted = concurrencies.filter((concurrency) => isWanted(options, name, concurrency));
    if (wanted.length === 0) continue;
    const ground = await openers[name]();
    try {
      databases.push({ name, facts: ground.facts });
      for (const concurrency of wanted) {
        process.stderr.write(`measuring ${name}, ${concurrency} at once\n`);
        rows.push(...(await measure(ground, copy, concurrency, options.quick ? quick : full)));
      }
    } finally {
      await ground.close();
    }
  }
  const document = { meanBytes, stepsPerExecution };
  return {
    machine,
    databases,
    document,
    rows,
    aims: judge(rows),
    seconds: (performance.now() - began) / 1000,
  };
}

const options = readOptions(process.argv.slice(2));
if (options === null) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  const report = await bench(options);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : render(report));
}
