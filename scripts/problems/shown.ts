import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../test/definition/err/", import.meta.url);

/** One problem of a .out file and the text that it speaks of. */
interface Shown {
  readonly code: string;
  readonly file: string;
  readonly lines: readonly string[];
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** The other place that the message names, as `7:9 the first one`. */
  readonly related: string | null;
  /** How many problems the file has: a file with one shows it best. */
  readonly of: number;
}

/** Characters of a line that are shown. */
const widest = 100;
const placed = /^[^:]+:(\d+):(\d+) (HOS\d{3}) /;

/** The definition in test/definition/err that shows a code best, with the place marked; undefined where none does. */
export function shownByTests(): ReadonlyMap<string, string> {
  const shown = readdirSync(folder)
    .filter((name) => name.endsWith(".out"))
    .toSorted()
    .flatMap(problemsOf);
  const byCode = Map.groupBy(shown, ({ code }) => code);
  return new Map(
    [...byCode].flatMap(([code, all]) => {
      const [best] = all.toSorted((a, b) => unfitness(a) - unfitness(b));
      return best === undefined ? [] : [[code, excerpt(best)]];
    }),
  );
}

function problemsOf(out: string): readonly Shown[] {
  const file = out.replace(/out$/, "yml");
  const lines = readFileSync(new URL(file, folder), "utf8").split("\n");
  const told = readFileSync(new URL(out, folder), "utf8").trimEnd().split("\n");
  const of = told.filter((each) => placed.test(each)).length;
  return told.flatMap((message, index) => {
    const [, line, column, code] = placed.exec(message) ?? [];
    if (code === undefined) return [];
    const next = told[index + 1];
    const related = next?.startsWith("  ") ? next.trim() : null;
    return [{ code, file, lines, message, line: Number(line), column: Number(column), related, of }];
  });
}

/** Files with one problem before those with several, short lines before long ones, plain text before the odd. */
function unfitness({ of, lines, line, message }: Shown): number {
  const text = lines[line - 1] ?? "";
  const odd = /[^\x20-\x7e…]/.test(text + message) || text.trim() === "" ? 10_000 : 0;
  return of * 100 + text.length + message.length + odd;
}

/** The message, and below it the lines it speaks of with a mark under the place. */
function excerpt({ lines, message, line, column, related }: Shown): string {
  const other = related === null ? null : Number(related.split(":")[0]);
  const numbers = [...new Set([line - 1, line, ...(other === null ? [] : [other])])]
    .filter((number) => number >= 1 && (lines[number - 1] ?? "").trim() !== "")
    .toSorted((a, b) => a - b);
  const width = String(numbers.at(-1) ?? line).length;
  const shown = numbers.flatMap((number, index) => {
    // Of a long line what leads up to the place, so that the page needs no scrolling.
    const cut = number === line ? Math.max(0, column - widest) : 0;
    const whole = lines[number - 1] ?? "";
    const part = whole.slice(cut, cut + widest);
    const text = `${String(number).padStart(width)} | ${cut > 0 ? "…" : ""}${part}${cut + widest < whole.length ? "…" : ""}`;
    const gap = index > 0 && number - (numbers[index - 1] ?? 0) > 1 ? [`${" ".repeat(width)} …`] : [];
    const mark =
      number === line ? [`${" ".repeat(width)} | ${" ".repeat(column - 1 - cut + (cut > 0 ? 1 : 0))}^`] : [];
    return [...gap, text, ...mark];
  });
  return [message, ...(related === null ? [] : [`  ${related}`]), "", ...shown].join("\n");
}
