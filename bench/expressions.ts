import { isDeepStrictEqual } from "node:util";
import { type Contender, type ContenderName, contenders } from "./contenders.ts";
import { type ExpressionCase, expressionCases } from "./expression-cases.ts";
import { expressionRoots } from "./expression-roots.ts";
import { percentile } from "./samples.ts";

/** One evaluation of a parsed expression by each evaluator, in nanoseconds: the medians of the slices. */
export interface ExpressionRow {
  readonly source: string;
  readonly nanoseconds: Readonly<Record<ContenderName, number>>;
}

export interface ExpressionSize {
  readonly slices: number;
  /** How long a slice of one evaluator lasts, about. */
  readonly sliceMs: number;
  /** How long each evaluator is busy with each expression before the clock starts. */
  readonly warmUpMs: number;
}

type Run = (times: number) => Promise<void>;

/**
 * Every expression by every evaluator, each answer checked. All are warm before any is measured, as in a process that
 * has evaluated many others, and they take turns, a slice each, so that whatever else the machine does meanwhile slows
 * all of them.
 */
export async function measureExpressions(
  size: ExpressionSize,
  cases: readonly ExpressionCase[] = expressionCases,
): Promise<readonly ExpressionRow[]> {
  const { execution, roots } = await expressionRoots();
  const all = contenders(execution, roots);
  const rows = cases.map((expression) => ({
    source: expression.source,
    ways: all.map((contender) => ({ name: contender.name, run: checked(expression, contender) })),
  }));
  for (const run of rows.flatMap(({ ways }) => ways.map((way) => way.run))) await fill(run, size.warmUpMs);
  const measured: ExpressionRow[] = [];
  for (const { source, ways } of rows) measured.push({ source, nanoseconds: await medians(ways, size) });
  return measured;
}

async function medians(
  ways: readonly { readonly name: ContenderName; readonly run: Run }[],
  { slices, sliceMs }: ExpressionSize,
): Promise<ExpressionRow["nanoseconds"]> {
  const samples: { name: ContenderName; run: Run; times: number; each: number[] }[] = [];
  for (const way of ways) samples.push({ ...way, times: await fill(way.run, sliceMs), each: [] });
  for (let slice = 0; slice < slices; slice++) {
    // Nobody always comes after the same one, whose garbage may still be about.
    const turn = slice % samples.length;
    for (const { run, times, each } of [...samples.slice(turn), ...samples.slice(0, turn)]) {
      each.push((await timed(run, times)) / times);
    }
  }
  const entries = samples.map(({ name, each }) => [name, percentile(each, 0.5) * 1e6]);
  return Object.fromEntries(entries) as ExpressionRow["nanoseconds"];
}

function checked(expression: ExpressionCase, { name, prepare }: Contender): Run {
  const { source, value } = expression;
  const run = prepare(expression);
  return async (times) => {
    const found = await run(times);
    if (isDeepStrictEqual(found, value)) return;
    throw new Error(`${name} answers ${JSON.stringify(found)} to ${source}, not ${JSON.stringify(value)}`);
  };
}

/** Evaluates twice as often again and again until that takes so long; how many evaluations do. */
async function fill(run: Run, ms: number): Promise<number> {
  for (let times = 1; ; times *= 2) {
    const took = await timed(run, times);
    if (took >= ms) return Math.max(1, Math.round((times * ms) / took));
  }
}

async function timed(run: Run, times: number): Promise<number> {
  const began = performance.now();
  await run(times);
  return performance.now() - began;
}
