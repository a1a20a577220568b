import type { Json } from "../../core/json.ts";

/** Which part of a workflow a change is in; as its keys are called. */
export type Part =
  | "workflow"
  | "on"
  | "inputs"
  | "permissions"
  | "commands"
  | "agents"
  | "workflows"
  | "steps"
  | "vars";

/** One difference between two versions of a definition. */
export interface Change {
  readonly part: Part;
  /** What it is within its part: `contents`, `checks/lint`, `fix.timeout`. */
  readonly name: string;
  /** As text; null where there was nothing, or is nothing any more. */
  readonly before: string | null;
  readonly after: string | null;
  /** True where more is possible than before, or to more people: what a reviewer must not overlook. */
  readonly loosens: boolean;
}

/** What a definition says of one thing, by key; a key that says nothing is left out. */
export type Facts = ReadonlyMap<string, string>;

/** The facts whose value says something; `null`, `[]` and `{}` say nothing. */
export function factsOf(entries: Readonly<Record<string, Json | undefined>>): Map<string, string> {
  const facts = new Map<string, string>();
  for (const [key, value] of Object.entries(entries)) {
    if (value === undefined || value === null || value === false) continue;
    const text = written(value);
    if (text !== "[]" && text !== "{}" && text !== "") facts.set(key, text);
  }
  return facts;
}

export function written(value: Json): string {
  if (Array.isArray(value) && value.every((item) => typeof item === "string" && !item.includes(","))) {
    return value.length === 0 ? "[]" : value.join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The differences of two things' facts. `loosens`: by the fact's key. */
export function changedFacts(
  at: { readonly part: Part; readonly name: string },
  before: Facts,
  after: Facts,
  loosens: (key: string) => boolean,
): readonly Change[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => {
    const [was = null, is = null] = [before.get(key), after.get(key)];
    if (was === is) return [];
    const name = at.name === "" ? key : `${at.name}.${key}`;
    return [{ part: at.part, name, before: was, after: is, loosens: loosens(key) }];
  });
}

/** The names of both, in the order of the newer, and after them those that are gone. */
export function namesOf(before: Iterable<string>, after: Iterable<string>): readonly string[] {
  return [...new Set([...after, ...before])];
}
