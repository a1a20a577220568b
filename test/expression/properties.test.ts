import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Evaluation } from "../../src/core/expression.ts";
import type { Json } from "../../src/core/json.ts";
import {
  evaluate,
  functions,
  parseCondition,
  parseTemplateString,
  recordScope,
} from "../../src/expression/index.ts";

const symbols = [
  "a b.c a.* steps 1 .5 'x' \"y\" null true this in [ ] ( ) , . + - * / % ! ~ == === != < >= && || & ??".split(
    " ",
  ),
  "? : = => ; {{ }} ${{ \\ ' \" ` # 😀 \u00a0 __proto__ constructor ?. not 1e999 a-b".split(" "),
  functions.map(({ name }) => `${name}(`),
].flat();
const soup = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...symbols, " ", "\n"), { maxLength: 20 }).map((all) => all.join("")),
);
const json = fc.jsonValue() as fc.Arbitrary<Json>;
const context = fc.dictionary(fc.constantFrom("a", "b", "steps", "__proto__"), json);

/** What is wrong with an evaluation, or nothing. */
function flaw(evaluation: Evaluation, source: string): string | undefined {
  if ("value" in evaluation) {
    const { value } = evaluation;
    const isJson =
      JSON.stringify(value) !== undefined && (typeof value !== "number" || Number.isFinite(value));
    return isJson ? undefined : "no JSON value";
  }
  const { code, position } = evaluation.problem;
  if (!/^HOS1\d\d$/.test(code)) return `code ${code}`;
  const line = source.split("\n")[(position?.line ?? 0) - 1];
  return line === undefined || (position?.column ?? 0) > line.length + 1 ? "a place outside" : undefined;
}

test("any text gives a value or a problem with code and place, never a throw", () => {
  fc.assert(
    fc.property(soup, context, (source, roots) => {
      expect(flaw(evaluate(source, roots, 0), source)).toBeUndefined();
    }),
    { numRuns: 5_000 },
  );
});

test("conditions and templates never throw either", () => {
  fc.assert(
    fc.property(soup, context, (source, roots) => {
      const scope = recordScope(roots, 0);
      const condition = parseCondition(source);
      const template = parseTemplateString(source);
      const parsed = "expression" in condition ? condition.expression : undefined;
      const read = "template" in template ? template.template : undefined;
      for (const evaluation of [parsed?.evaluate(scope), read?.evaluate(scope)]) {
        expect(evaluation && flaw(evaluation, source)).toBeUndefined();
      }
    }),
    { numRuns: 5_000 },
  );
});

const inherited = fc.constantFrom(
  ..."constructor __proto__ prototype toString valueOf hasOwnProperty length map at then call bind".split(
    " ",
  ),
);

test("no path leads out of the data: only own entries and items are ever reached", () => {
  fc.assert(
    fc.property(json, fc.array(inherited, { minLength: 1, maxLength: 4 }), (value, path) => {
      const wanted = path.reduce<unknown>(ownEntry, value) ?? null;
      const dots = path.map((name) => `.${name}`).join("");
      const brackets = path.map((name) => `['${name}']`).join("");
      const computed = path.map((_, index) => `[path[${index}]]`).join("");
      for (const way of [dots, brackets, computed]) {
        expect(evaluate(`value${way}`, { value, path })).toEqual({ value: wanted });
      }
    }),
    { numRuns: 1_000 },
  );
});

function ownEntry(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return Object.getOwnPropertyDescriptor(value, name)?.value ?? null;
}

const argument = fc.oneof(
  json,
  fc.constantFrom("1h", "2026-11-22T10:00:00Z", "[a-z]+", "a.b", "==", ",", "{0}", -1, 1e308, null),
);

test.for(functions.map(({ name, minArgs, maxArgs }) => ({ name, minArgs, maxArgs })))(
  "$name never throws, whatever it is given",
  ({ name, minArgs, maxArgs }) => {
    const count = fc.integer({ min: minArgs, max: Math.min(maxArgs, 4) });
    fc.assert(
      fc.property(count, fc.array(argument, { minLength: 4, maxLength: 4 }), (given, args) => {
        const written = Array.from({ length: given }, (_, index) => `args[${index}]`).join(", ");
        const source = `${name}(${written})`;
        expect(flaw(evaluate(source, { args }, 0), source)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  },
);
