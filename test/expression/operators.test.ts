import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { evaluate } from "../../src/expression/index.ts";

const roots = {
  n: 4,
  none: null,
  text: "abc",
  list: [1, "two", { three: 3 }],
  same: [1, "two", { three: 3 }],
  object: { a: 1, b: { c: [true] }, constructor: "mine" },
  turned: { b: { c: [true] }, a: 1, constructor: "mine" },
  labels: [{ name: "bug", tags: ["x"] }, { name: "p1", tags: ["y", "z"] }, { color: "red" }, null, "text"],
  byName: { first: { n: 1 }, second: { n: 2 } },
} satisfies Record<string, Json>;

const rows: readonly (readonly [string, Json])[] = [
  // Arithmetic
  ["1 + 2 * 3", 7],
  ["(1 + 2) * 3", 9],
  ["7 % 4 - -1", 4],
  ["9 / 2", 4.5],
  ["10 - 2 - 3", 5],
  ["'a' + 'b' + \"c\"", "abc"],
  ["- - 4", 4],
  ["0 * -1", 0],
  // Equality: type and content
  ["list == same", true],
  ["object == turned", true],
  ["list != [1, 'two']", true],
  ["[1, [2]] == [1, [2]]", true],
  ["[] == object", false],
  ["'4' == n", false],
  ["object.missing == none", true],
  ["'bug' == 'Bug'", false],
  // Ordering
  ["n > 3", true],
  ["n >= 4 && n <= 4", true],
  ["'4' > 3", false],
  ["'4' < 3", false],
  ["object.missing < 3", false],
  ["object.missing >= 0", false],
  ["none <= none", false],
  ["list > 0", false],
  ["'b' > 'a'", true],
  // in
  ["'two' in list", true],
  ["same[2] in list", true],
  ["'a' in object", true],
  ["'toString' in object", false],
  ["'b' in text", true],
  ["1 in none", false],
  ["!(9 in list)", true],
  ["(!n) in [false]", true],
  // Choices
  ["n > 3 ? 'high' : 'low'", "high"],
  ["n > 9 ? 1 : n > 3 ? 2 : 3", 2],
  ["none || 0 || 'x' || 'y'", "x"],
  ["1 && '' && 2", ""],
  ["none && none.a.b > 3", null],
  ["list && 'lists are true'", "lists are true"],
  // Access
  ["object.b.c[0]", true],
  ["object['b'].c", [true]],
  ["list[2].three", 3],
  ["list[-1]", null],
  ["list[0.5]", null],
  ["list['0']", null],
  ["list[n - 3]", "two"],
  ["object[none]", null],
  ["[10, 20, 30][1]", 20],
  ["none.a.b[3].c", null],
  ["text.a", null],
  ["n.a", null],
  ["object . a", 1],
  // Nothing inherited
  ["object.constructor", "mine"],
  ["object.b.constructor", null],
  ["object.__proto__", null],
  ["object['__proto__']", null],
  ["object.toString", null],
  ["object.hasOwnProperty", null],
  ["text.length", null],
  ["text[0]", null],
  ["list.length", null],
  ["list.map", null],
  ["n.toFixed", null],
  // Star
  ["labels.*.name", ["bug", "p1"]],
  ["labels.*.tags", [["x"], ["y", "z"]]],
  ["labels.*.tags.*", ["x", "y", "z"]],
  ["labels.*['name']", ["bug", "p1"]],
  ["labels.*.tags[0]", ["x", "y"]],
  ["byName.*.n", [1, 2]],
  ["none.*", []],
  ["text.*.a", []],
  ["labels.*.constructor", []],
  ["'p1' in labels.*.name", true],
];

test.for(rows)("%s is %j", ([source, value]) => {
  expect(evaluate(source, roots)).toEqual({ value });
});

test("an unknown function is a problem even where it would never be called", () => {
  expect(evaluate("true || nonsense()", roots)).toMatchObject({ problem: { code: "HOS103" } });
});

test("values are handed on as they are, not copied", () => {
  const evaluation = evaluate("labels", roots);
  expect("value" in evaluation && evaluation.value).toBe(roots.labels);
});
