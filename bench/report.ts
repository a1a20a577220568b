import type { Aim } from "./aims.ts";
import { otherNames } from "./expression-cases.ts";
import type { ExpressionRow } from "./expressions.ts";
import type { GroundName } from "./ground.ts";
import type { Machine } from "./machine.ts";
import type { Row } from "./measure.ts";
import type { RepeatRow } from "./repeat.ts";
import { type ScaleRows, scaleTables } from "./scale-report.ts";
import { ms, table, whole } from "./table.ts";

/** What a run found; `--json` prints it as it is. */
export interface Report extends ScaleRows {
  readonly machine: Machine;
  readonly databases: readonly {
    readonly name: GroundName;
    readonly facts: Readonly<Record<string, string>>;
  }[];
  /** What executions store; null where none were measured. */
  readonly document: { readonly meanBytes: number; readonly stepsPerExecution: number } | null;
  readonly rows: readonly Row[];
  readonly repeats: readonly RepeatRow[];
  readonly expressions: readonly ExpressionRow[];
  readonly aims: readonly Aim[];
  readonly seconds: number;
}

/** The report as a person reads it. */
export function render({
  machine,
  databases,
  document,
  rows,
  repeats,
  expressions,
  aims,
  seconds,
  ...scale
}: Report): string {
  const { cores, cpu, memoryGb, system, node, load, fsyncMs } = machine;
  const facts = databases.map(({ name, facts: { version, ...rest } }) => {
    const others = Object.entries(rest).map(([key, value]) => `, ${key} ${value}`);
    return `${name}: ${version}${others.join("")}`;
  });
  const stored =
    document &&
    `executions of ${document.stepsPerExecution} steps, documents of ${document.meanBytes} bytes in the mean`;
  const parts = [
    [
      `${cores} cores (${cpu}), ${memoryGb} GB, ${system}, Node ${node}, load ${load}, fsync of 4 KB ${ms(fsyncMs)} ms`,
      ...facts,
      ...(stored === null ? [] : [stored]),
    ],
    stepTable(rows),
    repeatTable(repeats),
    expressionTable(expressions),
    ...scaleTables(scale),
    aimTable(aims),
    [
      ...(rows.length === 0
        ? []
        : [
            "p50 and p99: the overhead per step; for bare upserts one upsert. Their steps/s: with an engine that costs nothing.",
          ]),
      ...(repeats.length === 0
        ? []
        : [
            "Repeats: medians of one iteration, means in brackets; earlier: of the same execution's own first.",
          ]),
      ...(expressions.length === 0
        ? []
        : ["Expressions: medians of one evaluation; the others' as multiples of ours over the same values."]),
      ...scale.leftOut,
      `${Math.round(seconds)} s in all`,
    ],
  ];
  const told = parts.filter((lines) => lines.length > 0).map((lines) => `${lines.join("\n")}\n`);
  return told.join("\n");
}

function stepTable(rows: readonly Row[]): string[] {
  return table(
    ["database", "at once", "way", "executions", "steps/s", "writes/s", "p50 ms", "p99 ms"],
    rows.map((row) => [
      row.ground,
      String(row.concurrency),
      row.kind,
      String(row.executions),
      whole(row.stepsPerSecond),
      whole(row.writesPerSecond),
      ms(row.p50Ms),
      ms(row.p99Ms),
    ]),
  );
}

function repeatTable(rows: readonly RepeatRow[]): string[] {
  const [first] = rows;
  if (!first) return [];
  const { iterations, window } = first;
  const each = ({ medianMicroseconds, meanMicroseconds }: RepeatRow["start"]) =>
    `${whole(medianMicroseconds)} (${whole(meanMicroseconds)})`;
  return table(
    [
      `repeat of ${whole(iterations)}`,
      `µs, first ${whole(window)}`,
      `µs, last ${whole(window)}`,
      "earlier",
      "bytes, first",
      "bytes, last",
    ],
    rows.map(({ what, start, end, earlierMicroseconds }) => [
      what,
      each(start),
      each(end),
      whole(earlierMicroseconds),
      whole(start.bytes),
      whole(end.bytes),
    ]),
  );
}

function expressionTable(rows: readonly ExpressionRow[]): string[] {
  return table(
    ["expression", "µs", "with a scope", ...otherNames],
    rows.map(({ source, nanoseconds }) => [
      // A bar would end the cell.
      `\`${source.replaceAll("|", "\\|")}\``,
      ms(nanoseconds.hishamos / 1000),
      ms(nanoseconds["over an execution"] / 1000),
      ...otherNames.map((name) => `${(nanoseconds[name] / nanoseconds.hishamos).toFixed(1)} x`),
    ]),
  );
}

function aimTable(aims: readonly Aim[]): string[] {
  return table(
    ["aim", "wanted", "measured", ""],
    aims.map(({ aim, wanted, measured, met }) => [aim, wanted, measured.toFixed(2), met ? "met" : "missed"]),
  );
}
