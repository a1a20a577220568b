import { globSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { isObject, type Json } from "../../src/core/json.ts";
import type { ProblemMeaning } from "../../src/core/problem.ts";

export interface Entry extends ProblemMeaning {
  readonly code: string;
}

/** The problems of one room: each under the name the room calls it by, or under its code itself. */
export interface Catalogue {
  /** As `src/definition/problems.ts`. */
  readonly file: string;
  readonly entries: Readonly<Record<string, Entry>>;
}

/** Codes of one hundred, in order. */
export interface Hundred {
  readonly name: string;
  readonly title: string;
  /** When one meets them. */
  readonly told: string;
  readonly entries: readonly Entry[];
}

/** Every catalogue of the program: found, so that a room that gets one need not be told of here. */
export const catalogues: readonly Catalogue[] = (
  await Promise.all(globSync(["src/**/*problems.ts", "src/core/refusal.ts"]).toSorted().map(cataloguesIn))
).flat();

async function cataloguesIn(file: string): Promise<readonly Catalogue[]> {
  const exported = (await import(pathToFileURL(file).href)) as Readonly<Record<string, Json>>;
  return Object.values(exported).flatMap((value) => {
    if (!isObject(value)) return [];
    const entries = Object.entries(value).flatMap(([name, meaning]): [string, Entry][] => {
      if (!isObject(meaning)) return [];
      const { code = name, title, help } = meaning;
      if (typeof code !== "string" || typeof title !== "string" || typeof help !== "string") return [];
      return [[name, { code, title, help }]];
    });
    return entries.length === 0 ? [] : [{ file, entries: Object.fromEntries(entries) }];
  });
}

/** Every code of the program, each as often as a catalogue has it. */
export const allEntries: readonly Entry[] = catalogues.flatMap(({ entries }) => Object.values(entries));

const hundredNames: Readonly<Record<string, readonly [title: string, told: string]>> = {
  "1": [
    "Expressions",
    "Told by validation, with the place in the file; by a run, where only the values show it.",
  ],
  "2": ["Definitions", "Told by `hishamos validate` and by the check run, before anything runs."],
  "3": [
    "Commands, decisions and starts",
    "Told in an answer to whoever gave the command, and nothing changes.",
  ],
  "6": ["The database, answers and models", "Told when the service starts, or in an answer to a person."],
  "7": ["The service", "Told when it starts; it then ends with status 2."],
  "8": ["Rehearsals and tests", "Told by `hishamos run` and `hishamos test`."],
  "9": ["The GitHub Action", "Told as an annotation of the run; the step then fails."],
};

/** All codes by their first digit. @throws Error for a hundred without a name */
export const hundreds: readonly Hundred[] = [
  ...Map.groupBy(
    allEntries.toSorted((a, b) => (a.code < b.code ? -1 : 1)),
    ({ code }) => code.slice(3, 4),
  ),
].map(([digit, entries]) => {
  const [title, told] = hundredNames[digit] ?? [];
  if (title === undefined || told === undefined) throw new Error(`HOS${digit}xx has no title`);
  return { name: `HOS${digit}xx`, title, told, entries };
});
