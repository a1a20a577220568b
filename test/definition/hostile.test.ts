import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { loadAgent, loadWorkflow } from "../../src/definition/index.ts";
import { misplaced } from "./misplaced.ts";

const step = "name: W\nsteps:\n  - id: a\n    delay: 1s\n";
const bomb = Array.from({ length: 30 }, (_, level) =>
  level === 0
    ? "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"
    : `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(", ")}]`,
).join("\n");
const chain = Array.from({ length: 200 }, (_, level) =>
  level === 0 ? "a0: &a0 [x]" : `a${level}: &a${level} [*a${level - 1}]`,
).join("\n");

// Each text, and a code that its problems hold.
const hostile: readonly (readonly [what: string, text: string, code: string])[] = [
  ["100 KB of [", "[".repeat(100_000), "HOS212"],
  ["100 KB of {a: ", "{a: ".repeat(25_000), "HOS212"],
  ["100 KB of - ", "- ".repeat(50_000), "HOS212"],
  ["100 KB of ? ", "? ".repeat(50_000), "HOS212"],
  [
    "nesting below a valid key",
    `${step}    inputs: {x: ${"[".repeat(50_000)}${"]".repeat(50_000)}}\n`,
    "HOS212",
  ],
  [
    "nesting by indentation",
    Array.from({ length: 300 }, (_, level) => `${" ".repeat(level)}a:`).join("\n"),
    "HOS212",
  ],
  ["nesting in JSON", `{"a":`.repeat(20_000), "HOS212"],
  ["an alias bomb", bomb, "HOS211"],
  ["a chain of aliases", chain, "HOS212"],
  ["100,000 keys", Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join("\n"), "HOS211"],
  ["100,000 times one key", "k: 1\n".repeat(100_000), "HOS211"],
  ["100,000 steps", `name: W\nsteps:\n${"  - delay: 1s\n".repeat(60_000)}`, "HOS211"],
  ["2 MB", "#".repeat(2_000_000), "HOS211"],
  ["1 MB of letters that take 3 bytes", "€".repeat(900_000), "HOS211"],
  ["__proto__ as a key", `__proto__: {polluted: true}\n${step}`, "HOS215"],
  ["__proto__ in JSON", `{"__proto__": {"polluted": true}}`, "HOS215"],
  [
    "__proto__ by a merge",
    `base: &b {constructor: {prototype: {polluted: true}}}\n<<: *b\n${step}`,
    "HOS215",
  ],
  ["__proto__ as an id", "name: W\nsteps:\n  - id: __proto__\n    delay: 1s\n", "HOS215"],
  ["__proto__ as an agent", `${step}agents: {__proto__: {instructions: x}}\n`, "HOS215"],
  ["NUL", "name: \0\n", "HOS217"],
  ["NUL by escape", `name: "\\0"\nsteps: []\n`, "HOS217"],
  ["half a surrogate pair", "name: \ud83d\n", "HOS217"],
  ["the other half", "name: \udc1e\n", "HOS217"],
  ["half a pair by escape in a key", `"\\ud83d": 1\n`, "HOS217"],
  ["a bell", "name: \u0007\n", "HOS217"],
  ["a byte order mark alone", "\ufeff", "HOS216"],
  ["CRLF alone", "\r\n\r\n", "HOS216"],
  ["CR alone", "name: W\rsteps: []\r", "HOS210"],
  ["tabs", "\tname: W\n\tsteps: []\n", "HOS210"],
  ["one huge line", `name: "${"x".repeat(900_000)}"\n`, "HOS221"],
  ["one huge unknown key", `${"x".repeat(1_000)}: 1\n${step}`, "HOS201"],
  ["an expression of 500 KB", `${step}    condition: "${"(".repeat(500_000)}"\n`, "HOS107"],
  ["a tag of code", `${step}    inputs: !!js/function "x"\n`, "HOS210"],
  ["a directive", "%YAML 9.9\n---\nname: W\n", "HOS210"],
  ["documents without end", "---\n".repeat(50_000), "HOS216"],
  ["anchors without end", "&a ".repeat(30_000), "HOS210"],
  ["quotes without end", `"${"\\".repeat(99_999)}`, "HOS210"],
  ["colons", ":".repeat(100_000), "HOS210"],
  ["question marks in flow", `{${"?,".repeat(40_000)}}`, "HOS211"],
  ["a cycle of 1,000 steps", `name: W\nsteps:\n${ring(1_000)}`, "HOS232"],
  ["2,000 steps", `name: W\nsteps:\n${ring(2_000)}`, "HOS224"],
  ["1,000 steps that read each other", `name: W\nsteps:\n${readers(1_000)}`, "HOS234"],
  ["1,000 routes, each near to 1,000 names", `name: W\nsteps:\n${misspelt(1_000)}`, "HOS204"],
  ["20,000 reads of steps that there are none of", `name: W\nsteps:\n${reading((at) => `t${at}`)}`, "HOS204"],
  ["20,000 reads of later steps", `name: W\nsteps:\n${reading((at) => `s${999 - (at % 500)}`)}`, "HOS234"],
  [
    "4,000 agents and 1,000 that are near to them",
    `name: W\nagents:\n${lines(4_000, (at) => `  agent_number_${at}: {instructions: x}`)}steps:\n${lines(
      1_000,
      (at) => `  - {id: s${at}, agent: agnet_numbr_${at}}`,
    )}`,
    "HOS202",
  ],
  [
    "9,000 permissions that are near to some",
    `${step}permissions:\n${lines(9_000, (at) => `  contentz${at}: read`)}`,
    "HOS207",
  ],
  [
    "1,000 groups in one another's names",
    `name: W\nsteps:\n${lines(999, (at) => `  - {id: s${at}, steps: [{id: s${(at * 7) % 999}, delay: 1s}]}`)}`,
    "HOS236",
  ],
  [
    "groups as deep as may be",
    `name: W\nsteps: ${"[{id: g, steps: ".repeat(28)}[{id: g, delay: 1s}]${"}]".repeat(28)}`,
    "HOS236",
  ],
];

function lines(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => `${line(at)}\n`).join("");
}

function misspelt(count: number): string {
  const name = (at: number): string => `step_${at}_`.padEnd(99, "x");
  return lines(count, (at) => `  - {id: ${name(at)}, delay: 1s, on_success: ${name(at)}y}`);
}

function reading(read: (at: number) => string): string {
  const terms = (from: number): string =>
    Array.from({ length: 20 }, (_, at) => `steps.${read(from + at)}.output`).join(" || ");
  return lines(1_000, (at) => `  - {id: s${at}, delay: 1s, condition: "${terms(at)}"}`);
}

function ring(size: number): string {
  return Array.from(
    { length: size },
    (_, index) => `  - {id: s${index}, delay: 1s, on_success: s${(index + 1) % size}}\n`,
  ).join("");
}

function readers(size: number): string {
  return Array.from(
    { length: size },
    (_, index) =>
      `  - {id: s${index}, delay: 1s, condition: "steps.s${(index * 7) % size}.output || steps.s0.output"}\n`,
  ).join("");
}

test.for(hostile)("%s is a clear problem", ([, text, code]) => {
  const asWorkflow = loadWorkflow(text, "x.yml").problems;
  expect(asWorkflow.map((problem) => problem.code)).toContain(code);
  for (const problems of [asWorkflow, loadAgent(text, "x.yml").problems]) {
    expect(misplaced(problems, text, "x.yml")).toEqual([]);
    expect(problems.length).toBeLessThanOrEqual(101);
    expect(problems.filter(({ message, hint = "" }) => message.length + hint.length > 500)).toEqual([]);
  }
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("more than a hundred problems are cut, and counted", () => {
  const text = `name: W\nsteps:\n${"  - {id: a-b, delay: 1s}\n".repeat(150)}`;
  const { problems } = loadWorkflow(text, "x.yml");
  expect(problems).toHaveLength(101);
  expect(problems.at(-1)).toMatchObject({
    code: "HOS299",
    message: expect.stringMatching(/^\d+ more problems/),
  });
});

const valid = [
  ...["ok", "err"].flatMap((name) => {
    const folder = new URL(`${name}/`, import.meta.url);
    return readdirSync(folder)
      .filter((file) => file.endsWith(".yml"))
      .map((file) => readFileSync(new URL(file, folder), "utf8"));
  }),
  readFileSync(new URL("../../workflows-library/bug-lifecycle.yml", import.meta.url), "utf8"),
];

const scraps = [
  "{{",
  "}}",
  "${{",
  "- ",
  ": ",
  "[",
  "]",
  "{",
  "}",
  "*a",
  "&a ",
  "<<: ",
  "|",
  ">",
  '"',
  "'",
  "#",
  "\t",
  "\n",
  "\r\n",
  "\0",
  "\ud83d",
  "\ufeff",
  "!!x ",
  "? ",
  "---\n",
  "%",
  "__proto__",
  "  ",
  "null",
  "1e999",
  "\\u0000",
];

/** A file of the suite with some stretches cut, doubled, moved or replaced by what is special in YAML. */
const mutated = fc
  .record({
    text: fc.constantFrom(...valid),
    edits: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat({ max: 40 }),
        put: fc.oneof(
          fc.constantFrom(...scraps),
          fc.string({ unit: "binary", maxLength: 8 }),
          fc.constant(""),
        ),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ text, edits }) =>
    edits.reduce((current, { at, length, put }) => {
      const start = Math.floor(at * current.length);
      return current.slice(0, start) + put + current.slice(start + length);
    }, text),
  );

test("no mutation of a definition throws, and every problem has a place in the text", () => {
  fc.assert(
    fc.property(mutated, (text) => {
      for (const load of [loadWorkflow, loadAgent])
        expect(misplaced(load(text, "x.yml").problems, text, "x.yml")).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

test("no text at all throws", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(fc.constantFrom(...scraps), fc.string({ unit: "binary", maxLength: 3 })),
        maxLength: 60,
      }),
      (text) => {
        expect(misplaced(loadWorkflow(text, "x.yml").problems, text, "x.yml")).toEqual([]);
      },
    ),
    { numRuns: 2_000 },
  );
});
