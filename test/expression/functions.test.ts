import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { evaluate, functions } from "../../src/expression/index.ts";

const now = Date.UTC(2026, 10, 22, 10, 30, 5);
const roots = {
  none: null,
  body: "Steps:\n1. Open 😀",
  labels: [{ name: "bug" }, { name: "p1" }],
  findings: [
    { severity: 5, file: { path: "a.ts" }, open: true },
    { severity: 2, file: { path: "b.ts" }, open: false },
    { severity: null, file: null },
  ],
  object: { b: 1, a: [2] },
  json: '{"a":[1,{"b":null}]}',
  created: "2026-11-20T10:30:05Z",
} satisfies Record<string, Json>;

const rows: readonly (readonly [string, Json])[] = [
  ["contains('Hello', 'ell')", true],
  ["contains('Hello', 'ELL')", false],
  ["contains(labels.*.name, 'bug')", true],
  ["contains([1, 2], '1')", false],
  ["contains([[1]], [1])", true],
  ["contains(object, 'a')", true],
  ["contains(none, 'a')", false],
  ["contains('null', none)", false],
  ["contains([null], none)", true],
  ["startsWith('refs/heads/x', 'refs/heads/')", true],
  ["startsWith('x', 'X')", false],
  ["startsWith(none, 'x')", false],
  ["endsWith('a.md', '.md')", true],
  ["endsWith('a.md', none)", false],
  ["lower('ÄB')", "äb"],
  ["upper('äb')", "ÄB"],
  ["upper(none)", null],
  ["trim('\\n a b\\t')", "a b"],
  ["length('abc')", 3],
  ["length(labels)", 2],
  ["length(object)", 2],
  ["length(none)", 0],
  ["join(labels.*.name)", "bug,p1"],
  ["join([1, null, true, [2]], ' - ')", "1 -  - true - [2]"],
  ["join(none)", ""],
  ["split('a, b', ', ')", ["a", "b"]],
  ["split('', ',')", []],
  ["split(none, ',')", []],
  ["format('{0} of {1}: {0}', 1, [2])", "1 of [2]: 1"],
  ["format('{x} {} {0}', none)", "{x} {} "],
  ["format('$1 {0}', '$& {0}')", "$1 $& {0}"],
  ["default(none, 'x')", "x"],
  ["default(false, 'x')", false],
  ["default('', 'x')", ""],
  ["where(findings, 'open')", [roots.findings[0] ?? null]],
  ["where(findings, 'file.path', 'b.ts')", [roots.findings[1] ?? null]],
  ["length(where(findings, 'severity', '>=', 2))", 2],
  ["length(where(findings, 'severity', '!=', 2))", 2],
  ["where(findings, 'constructor')", []],
  ["where(none, 'a')", []],
  ["any(findings, 'severity', '>', 4)", true],
  ["any(findings, 'severity', 3)", false],
  ["any([0, 1])", true],
  ["any([])", false],
  ["any(none)", false],
  ["all(findings, 'file')", false],
  ["all([1, 'a'])", true],
  ["all([])", true],
  ["all(none)", false],
  ["first([3, 4])", 3],
  ["first([])", null],
  ["last([3, 4])", 4],
  ["last(none)", null],
  ["min(3, 1, 2)", 1],
  ["max([3, 1])", 3],
  ["min([])", null],
  ["round(2.5)", 3],
  ["round(-2.5)", -3],
  ["round(1.005, 2)", 1.01],
  ["round(-0.4)", 0],
  ["round(1e300, 3)", 1e300],
  ["round(1.2e-7, 7)", 1e-7],
  ["keys(object)", ["b", "a"]],
  ["keys(none)", []],
  ["values(object)", [1, [2]]],
  ["toJSON(object)", '{"b":1,"a":[2]}'],
  ["toJSON([1], 2)", "[\n  1\n]"],
  ["toJSON(none)", "null"],
  ["fromJSON(json).a[1]", { b: null }],
  ["fromJSON(none)", null],
  ["fromjson(tojson(object)) == object", true],
  ["glob('feature/a', 'feature/*')", true],
  ["glob(none, '*')", false],
  ["matches(body, '^Steps:')", true],
  ["matches(body, 'STEPS')", false],
  ["matches(body, 'STEPS', 'i')", true],
  ["matches(body, '\\\\d\\\\. \\\\w+ .$')", true],
  ["matches(none, '')", false],
  ["now()", now],
  ["duration('2h')", 7_200_000],
  ["duration('90s') + duration('1m')", 150_000],
  ["date('2026-11-22T10:30:05Z')", now],
  ["date('2026-11-22T12:30:05+02:00')", now],
  ["date('2026-11-22')", Date.UTC(2026, 10, 22)],
  ["date('0001-01-01')", -62135596800000],
  ["date(none)", null],
  ["age(created)", 2 * 86_400_000],
  ["age(created) > duration('7d')", false],
  ["age(none) > 0", false],
  ["formatDate(now())", "2026-11-22T10:30:05Z"],
  ["formatDate(created, 'DD.MM.YYYY HH:mm')", "20.11.2026 10:30"],
  ["formatDate(none)", null],
  ["weekday(now())", 7],
  ["weekday('2026-11-23')", 1],
];

test.for(rows)("%s is %j", ([source, value]) => {
  expect(evaluate(source, roots, now)).toEqual({ value });
});

const wrong: readonly (readonly [string, string, string])[] = [
  ["contains(1, 'a')", "HOS112", "a number contains nothing"],
  ["contains('1', 1)", "HOS112", "text can't contain a number"],
  ["startsWith(1, 'a')", "HOS112", "startsWith takes text as argument 1, not a number"],
  ["lower(object)", "HOS112", "lower takes text as argument 1, not an object"],
  ["length(true)", "HOS112", "length takes text, a list or an object as argument 1, not true or false"],
  ["join('a')", "HOS112", "join takes a list as argument 1, not text"],
  ["split('a', '')", "HOS112", "split needs a separator that is not empty"],
  ["format('{1}', 1)", "HOS118", "format has no value for {1}: it was given 1"],
  ["format(body + '{0}')", "HOS118", "format has no value for {0}: it was given 0"],
  ["where(1, 'a')", "HOS112", "where takes a list as argument 1, not a number"],
  ["any(labels, 'a', '~', 1)", "HOS112", "any compares by == != < <= > >= only"],
  ["max(1, 'a')", "HOS112", "max takes numbers as argument 2, not text"],
  ["round('1')", "HOS112", "round takes a number as argument 1, not text"],
  ["round(1, 99)", "HOS112", "round takes a whole number from 0 to 10 as argument 2, not 99"],
  ["keys(labels)", "HOS112", "keys takes an object as argument 1, not a list"],
  ["fromJSON(body)", "HOS116", "fromJSON was given text that is no JSON"],
  ["fromJSON('[1e999]')", "HOS113", "fromJSON was given a number that is too large"],
  [
    "matches(body, '(?=a)')",
    "HOS115",
    "the pattern can't be read at its character 3: lookaround, names and flags in a group aren't taken; (?:…) is",
  ],
  [
    "matches('a', 'a', 'g')",
    "HOS112",
    'matches takes only "i" (upper and lower case are the same) as argument 3',
  ],
  ["glob('a', '[')", "HOS115", "a [ in the pattern is not closed"],
  ["duration('soon')", "HOS117", '"soon" is no duration'],
  ["date('2026-02-30')", "HOS117", '"2026-02-30" is no time'],
  ["date('2026-13-01')", "HOS117", '"2026-13-01" is no time'],
  ["date('2026-01-01T24:00:00Z')", "HOS117", '"2026-01-01T24:00:00Z" is no time'],
  ["formatDate(1e300)", "HOS117", "1e+300 ms is no time from the year 0 to 9999"],
  ["weekday(true)", "HOS112", "weekday takes a time as argument 1, not true or false"],
];

test.for(wrong)("%s is %s %s", ([source, code, message]) => {
  expect(evaluate(source, roots, now)).toMatchObject({ problem: { code, message } });
});

test("without a clock, functions that ask for the time say so", () => {
  expect(evaluate("now()", {})).toMatchObject({
    problem: { code: "HOS117", message: "there is no clock here" },
  });
});

test.for(functions)(
  "$name is tested here, and its record fits",
  ({ name, minArgs, maxArgs, signature, description }) => {
    expect(rows.some(([source]) => source.includes(`${name}(`))).toBe(true);
    expect(signature).toContain(`${name}(`);
    expect(description).toMatch(/\.$|\)$/);
    expect(minArgs).toBeLessThanOrEqual(maxArgs);
  },
);
