import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Lexer, parse, stringify } from "yaml";
import type { Json, Problem } from "../../src/core/index.ts";
import { loadAgent, loadConfig, loadWorkflow, mermaid, neededFiles } from "../../src/definition/index.ts";
import { misplaced } from "./misplaced.ts";

const path = "x.yml";

function textsIn(folder: string): readonly string[] {
  const url = new URL(folder, import.meta.url);
  return readdirSync(url)
    .filter((file) => file.endsWith(".yml"))
    .map((file) => readFileSync(new URL(file, url), "utf8"));
}

const valid = [...textsIn("ok/"), ...textsIn("../../workflows-library/")];
const texts = [...valid, ...textsIn("err/")];
const files = new Map(textsIn("files/").map((text, index) => [`f${index}.yml`, text]));

/** What is wrong with how the text is read as anything that a definition can be. */
export function troubles(text: string): readonly Problem[] {
  const loaded = loadWorkflow(text, path, { files });
  if ("workflow" in loaded) mermaid(loaded.workflow);
  neededFiles(text, path);
  return [loaded, loadAgent(text, path), loadConfig(text, path)].flatMap(({ problems }) =>
    misplaced(problems, text, path),
  );
}

const spot = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** Parts of a text (its lines, or its tokens), some deleted, doubled, or put in another's place. */
function shuffled(parts: (text: string) => readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    kind: fc.constantFrom("delete", "double", "swap", "move"),
    at: spot,
    other: spot,
  });
  return fc
    .record({ text: fc.constantFrom(...texts), edits: fc.array(edit, { minLength: 1, maxLength: 5 }) })
    .map(({ text, edits }) => {
      const list = [...parts(text)];
      for (const { kind, at, other } of edits) {
        const [one, two] = [Math.floor(at * list.length), Math.floor(other * list.length)];
        const [first = "", second = ""] = [list[one], list[two]];
        if (kind === "delete") list.splice(one, 1);
        else if (kind === "double") list.splice(one, 0, first);
        else if (kind === "move") list.splice(two, 0, ...list.splice(one, 1));
        else [list[one], list[two]] = [second, first];
      }
      return list.join("");
    });
}

const lines = (text: string): readonly string[] => text.split(/(?<=\n)/);
const tokens = (text: string): readonly string[] => [...new Lexer().lex(text)];

const values: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e300,
  "",
  "x",
  "a-b",
  "{{ steps.a.output }}",
  "${{ x }}",
  "{{",
  "./qa.yml",
  "1s",
  [],
  [null],
  ["a", "a"],
  [[[]]],
  {},
  { id: "a" },
  { steps: [{ id: "a", delay: "1s" }] },
  { in: [1] },
  { a: { b: [{ c: null }] } },
];
const keys = [
  "id",
  "steps",
  "parallel",
  "for_each",
  "repeat",
  "finally",
  "uses",
  "workflow",
  "on",
  "agent",
  "",
];

/** The value at a random place of the tree becomes another one, or its key does. */
function changed(tree: Json, at: readonly number[], value: Json, key: string | null): Json {
  const [first, ...rest] = at;
  if (typeof tree !== "object" || tree === null || first === undefined) return value;
  if (Array.isArray(tree)) {
    const index = Math.floor(first * tree.length);
    return tree.map((item: Json, each) => (each === index ? changed(item, rest, value, key) : item));
  }
  const entries = Object.entries<Json>(tree);
  const index = Math.floor(first * entries.length);
  return Object.fromEntries(
    entries.map(([name, item], each) => {
      if (each !== index) return [name, item];
      return rest.length === 0 && key !== null ? [key, item] : [name, changed(item, rest, value, key)];
    }),
  );
}

const trees = valid.map((text) => parse(text, { merge: true, logLevel: "silent" }) as Json);
const changedTree = fc
  .record({
    tree: fc.constantFrom(...trees),
    changes: fc.array(
      fc.record({
        at: fc.array(spot, { minLength: 1, maxLength: 7 }),
        value: fc.constantFrom(...values),
        key: fc.option(fc.constantFrom(...keys), { freq: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    json: fc.boolean(),
  })
  .map(({ tree, changes, json }) => {
    const result = changes.reduce((each, { at, value, key }) => changed(each, at, value, key), tree);
    return json ? JSON.stringify(result, null, 1) : stringify(result);
  });

/** Changes of definitions, so many of each kind; a failure prints the seed that repeats it. */
export function fuzzTests(runs: number): void {
  test.for([
    ["lines", shuffled(lines)],
    ["tokens", shuffled(tokens)],
  ] as const)("no shuffling of %s throws or leaves a problem without a place", ([, text]) => {
    fc.assert(
      fc.property(text, (each) => {
        expect(troubles(each)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  test("no change of a value's type or a key throws or leaves a problem without a place", () => {
    fc.assert(
      fc.property(changedTree, (text) => {
        expect(troubles(text)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
}
