import type { Found } from "./chaos.ts";
import type { Form } from "./form.ts";

type Rows = readonly (readonly [what: string, value: string | number])[];

/** The run as a text for people: what was injected, what came of it, and how to do it again. */
export function told({ seed }: Form, { figures, injected, complaints, wrong }: Found): string {
  return [
    `Chaos run, CHAOS_SEED=${seed}`,
    table("The run", figures),
    table("Injected, and done by people", byName(injected.rows)),
    table("What the replicas complained of", byName(complaints.rows)),
    wrong.length === 0
      ? "Found: nothing twice, nothing missing, every history legal."
      : `Found ${wrong.length} things that must not be:\n${list(wrong)}`,
  ].join("\n\n");
}

const longest = 60;

function list(wrong: readonly string[]): string {
  const shown = wrong.slice(0, longest).map((one) => `  - ${one.replaceAll("\n", " ").slice(0, 1_000)}`);
  const more = wrong.length - shown.length;
  return [...shown, ...(more > 0 ? [`  … and ${more} more`] : [])].join("\n");
}

function byName(rows: Rows): Rows {
  return rows.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function table(title: string, rows: Rows): string {
  const width = Math.max(0, ...rows.map(([what]) => what.length));
  return [title, ...rows.map(([what, value]) => `  ${what.padEnd(width)}  ${value}`)].join("\n");
}
