import type { Problems } from "./problems.ts";

/** Tells of an unquoted `{{`, which is a map within a map to YAML, and shows the value with its quotes. */
export function tellUnquoted(start: number, problems: Problems): void {
  problems.add("unquoted", { start, end: start + 2 }, "{{ without quotes begins a map in YAML", {
    hint: `Put the whole value in quotes${quoted(problems.source.text, start)}.`,
  });
}

function quoted(text: string, start: number): string {
  const line = text.slice(start).split("\n", 1)[0]?.trim() ?? "";
  const opening = line.split("{").length;
  // Within a flow collection the line goes on with what is not part of the value.
  const meant = opening === line.split("}").length ? line : (/^\{\{.*?\}\}/.exec(line)?.[0] ?? "");
  const quote = meant.includes('"') ? "'" : '"';
  return meant === "" || meant.length > 80 || meant.includes(quote) ? "" : `: ${quote}${meant}${quote}`;
}
