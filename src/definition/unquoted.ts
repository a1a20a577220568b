import type { Problems } from "./problems.ts";

/** An unquoted `{{` is a map within a map to YAML; `text` is what was meant to be the value, where known. */
export function tellUnquoted(start: number, text: string | null, problems: Problems): void {
  const meant = text === null || text.includes('"') ? "" : `: "${text}"`;
  problems.add("unquoted", { start, end: start + 2 }, "{{ without quotes begins a map in YAML", {
    hint: `Put the whole value in quotes${meant}.`,
  });
}
