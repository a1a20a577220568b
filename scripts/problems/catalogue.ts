import { modelProblems } from "../../src/agents/problems.ts";
import type { ProblemMeaning } from "../../src/core/problem.ts";
import { refusals } from "../../src/core/refusal.ts";
import { definitionProblems } from "../../src/definition/problems.ts";
import { answerProblems } from "../../src/engine/answer/problems.ts";
import { inputProblems } from "../../src/engine/problems.ts";
import { expressionProblems } from "../../src/expression/problems.ts";
import { rehearsalProblems } from "../../src/sandbox/problems.ts";
import { serviceProblems } from "../../src/service-problems.ts";
import { stateProblems } from "../../src/state/problems.ts";

export interface Entry extends ProblemMeaning {
  readonly code: string;
}

/** Codes of one hundred, in order. */
export interface Hundred {
  readonly name: string;
  readonly title: string;
  /** When one meets them. */
  readonly told: string;
  readonly entries: readonly Entry[];
}

/** Codes by the name that their room calls them by. */
export const namedProblems: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  "src/expression": expressionProblems,
  "src/definition": definitionProblems,
};

/** Codes by themselves; each catalogue by its file. */
export const codedProblems: Readonly<Record<string, Readonly<Record<string, ProblemMeaning>>>> = {
  "src/core/refusal.ts": refusals,
  "src/engine/problems.ts": inputProblems,
  "src/engine/answer/problems.ts": answerProblems,
  "src/agents/problems.ts": modelProblems,
  "src/state/problems.ts": stateProblems,
  "src/service-problems.ts": serviceProblems,
  "src/sandbox/problems.ts": rehearsalProblems,
};

/** Every code of the program, each as often as a catalogue has it. */
export const allEntries: readonly Entry[] = [
  ...Object.values(namedProblems).flatMap((catalogue) => Object.values(catalogue)),
  ...Object.values(codedProblems).flatMap((catalogue) =>
    Object.entries(catalogue).map(([code, meaning]) => ({ code, ...meaning })),
  ),
];

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
  "8": ["Rehearsals", "Told by `hishamos run`."],
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
