import type { Aim } from "./aims.ts";
import type { GroundName } from "./ground.ts";
import type { Machine } from "./machine.ts";
import type { Row } from "./measure.ts";

/** What a run found; `--json` prints it as it is. */
export interface Report {
  readonly machine: Machine;
  readonly databases: readonly {
    readonly name: GroundName;
    readonly facts: Readonly<Record<string, string>>;
  }[];
  readonly document: { readonly meanBytes: number; readonly stepsPerExecution: number };
  readonly rows: readonly Row[];
  readonly aims: readonly Aim[];
  readonly seconds: number;
}

/** The report as a person reads it. */
export function render({ machine, databases, document, rows, aims, seconds }: Report): string {
  const { cores, cpu, memoryGb, system, node, load, fsyncMs } = machine;
  const facts = databases.map(({ name, facts: { version, ...rest } }) => {
    const others = Object.entries(rest).map(([key, value]) => `, ${key} ${value}`);
    return `${name}: ${version}${others.join("")}`;
  });
  return [
    `${cores} cores (${cpu}), ${memoryGb} GB, ${system}, Node ${node}, load ${load}, fsync of 4 KB ${ms(fsyncMs)} ms`,
    ...facts,
    `executions of ${document.stepsPerExecution} steps, documents of ${document.meanBytes} bytes in the mean`,
    "",
    ...table(
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
    ),
    "",
    ...table(
      ["aim", "wanted", "measured", ""],
      aims.map(({ aim, wanted, measured, met }) => [
        aim,
        wanted,
        measured.toFixed(2),
        met ? "met" : "missed",
      ]),
    ),
    "",
    "p50 and p99: the overhead per step; for bare upserts one upsert. Their steps/s: with an engine that costs nothing.",
    `${Math.round(seconds)} s in all`,
    "",
  ].join("\n");
}

function ms(value: number): string {
  return value.toFixed(value < 10 ? 3 : 1);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Markdown, so that it can be pasted as it is. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}
