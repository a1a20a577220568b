import { expect, test } from "vitest";
import {
  expressionProblems,
  parseCondition,
  parseExpression,
  recordScope,
} from "../../src/expression/index.ts";
import { told } from "./told.ts";

const roots = { steps: {}, input: { n: 1 }, event: {} };

function problemsOf(source: string, read = parseExpression): readonly string[] {
  const parsed = read(source, { roots: Object.keys(roots) });
  if ("problems" in parsed) return parsed.problems.map(told);
  const evaluation = parsed.expression.evaluate(recordScope(roots, 0));
  return "problem" in evaluation ? [told(evaluation.problem)] : [];
}

const rows: readonly (readonly [string, ...string[]])[] = [
  ["", "1:1 HOS101 unexpected end of the expression"],
  ["1 +", "1:4 HOS101 expected expression after +"],
  ["(1", '1:3 HOS101 unexpected end of the expression, expected ")"'],
  ["steps[", "1:7 HOS101 unexpected end of the expression"],
  ["'abc", "1:1 HOS101 the text that begins here is not closed"],
  ["input.n input", '1:9 HOS101 unexpected "input"'],
  ["(1)(2)", "1:1 HOS101 there is no operator between two values"],
  ["1; 2", '1:2 HOS101 unexpected ";"'],
  ["lower(1 2)", '1:9 HOS101 unexpected "2", expected ")"'],
  ["[1, , 2]", '1:5 HOS101 unexpected ",", expected "]"'],
  ["[1, ]", '1:5 HOS101 unexpected "]"'],
  ["input.n ? 1", '1:12 HOS101 expected ":" and the other value of "? :"'],
  ["input.n = 1", '1:9 HOS101 unexpected "=" Did you mean ==?'],
  ["input and event", '1:7 HOS101 unexpected "and" Did you mean &&?'],
  ["not input", '1:5 HOS101 unexpected "input" Did you mean !?'],
  ["new Date", '1:5 HOS101 unexpected "Date" There is nothing to construct here: remove `new`.'],
  [
    "x => 1",
    '1:3 HOS101 unexpected "=>" There are no functions of your own here; where, any and all go through lists.',
  ],
  ["`a`", '1:1 HOS101 unexpected "`" Write text in quotes, and use format for values in it.'],
  ["/a/", '1:1 HOS101 unexpected "/" For regular expressions use matches(text, pattern).'],
  [
    "{{ input.n }}",
    '1:1 HOS101 unexpected "{{" All of this is one expression already: leave {{ and }} away.',
  ],
  ["'it''s'", `1:5 HOS101 unexpected "'" For a quote inside a text write \\'.`],
  ["'\\d'", '1:2 HOS101 unknown escape "\\d" in a text For a backslash write two: "\\\\d".'],
  ["input\u00a0== 1", '1:6 HOS101 unexpected "\u00a0"'],
  ["stpes.a", '1:1 HOS102 unknown name "stpes" Did you mean "steps"?'],
  ["github.a", '1:1 HOS102 unknown name "github" Known here: steps, input, event.'],
  ["lower", '1:1 HOS102 unknown name "lower" Call it: lower(…).'],
  [
    "steps.code-review.output > 3",
    '1:12 HOS102 unknown name "review" "-" subtracts. For the name "code-review" write steps["code-review"].',
  ],
  ["steps.code - review", '1:14 HOS102 unknown name "review" Known here: steps, input, event.'],
  ["contians(input, 1)", '1:1 HOS103 unknown function "contians" Did you mean "contains"?'],
  ["constructor()", '1:1 HOS103 unknown function "constructor"'],
  ["success()", '1:1 HOS103 unknown function "success" success() is known in finally only.'],
  [
    "input.n.toFixed(1)",
    "1:1 HOS103 values have no methods; only functions can be called Write the function first: lower(value).",
  ],
  ["1 + lower()", "1:5 HOS104 lower takes 1 argument, not 0 Its form is lower(text)."],
  ["now(1)", "1:1 HOS104 now takes no arguments, not 1 Its form is now()."],
  ["split('a')", "1:1 HOS104 split takes 2 arguments, not 1 Its form is split(text, separator)."],
  ["join()", "1:1 HOS104 join takes 1 to 2 arguments, not 0 Its form is join(list, separator?)."],
  ["this.a", '1:1 HOS105 "this" is not part of the language Start from a root, as input or steps.'],
  ["input?.n", '1:8 HOS105 "?." is not part of the language Write ".": a member of a missing value is null.'],
  ["1 === 1", '1:3 HOS105 the operator "===" is not part of the language Write ==: it never converts.'],
  ["1 & 1", '1:3 HOS105 the operator "&" is not part of the language Did you mean &&?'],
  ["~1", '1:1 HOS105 the operator "~" is not part of the language There are no bitwise operators.'],
  [
    "input.n ?? 1",
    '1:9 HOS105 the operator "??" is not part of the language Write default(value, fallback).',
  ],
  [
    "2 ** 3",
    '1:3 HOS105 the operator "**" is not part of the language There is no power operator; write n * n.',
  ],
  [
    "!1 in [1]",
    '1:1 HOS106 "!" before "in" needs parentheses Write !(a in b), or (!a) in b if that is meant.',
  ],
  [`${"!".repeat(50)}1`, "1:51 HOS107 the expression is more than 50 levels deep"],
  [
    "1 + ' {{x}}'",
    '1:7 HOS109 "{{" inside a quoted text is never replaced Drop the quotes, or write format("… {0} …", value).',
  ],
  ["1 + 'a'", "1:3 HOS111 cannot add text to a number Use format to write values into text."],
  [
    "input.n + input.missing",
    "1:9 HOS111 cannot add null (a missing value) to a number Write default(value, fallback) for one that may be missing.",
  ],
  ["2 * (1 - 'a')", '1:8 HOS111 "-" needs two numbers, not text Use format to write values into text.'],
  ["-'a'", '1:1 HOS111 "-" needs a number, not text'],
  ["length(true)", "1:1 HOS112 length takes text, a list or an object as argument 1, not true or false"],
  ["1 / (input.n - 1)", "1:3 HOS113 division by zero Test it first: n != 0 && total / n > 3."],
  ["1 % 0", "1:3 HOS113 division by zero Test it first: n != 0 && total / n > 3."],
  ["1e308 * 10", "1:7 HOS113 the result is too large for a number"],
  ["1e999", "1:1 HOS113 the number is too large"],
  [
    "true && matches('a', '(')",
    `1:9 HOS115 the pattern can't be read at its character 2: a "(" is not closed`,
  ],
  ["fromJSON('[')", "1:1 HOS116 fromJSON was given text that is no JSON"],
  ["duration('x')", '1:1 HOS117 "x" is no duration Durations are written 90s, 10m, 2h or 7d, up to 366d.'],
  ["format('{0}')", "1:1 HOS118 format has no value for {0}: it was given 0"],
  [
    "stpes.a > contians(1) && 1 | 2",
    '1:1 HOS102 unknown name "stpes" Did you mean "steps"?',
    '1:11 HOS103 unknown function "contians" Did you mean "contains"?',
    '1:28 HOS105 the operator "|" is not part of the language Did you mean ||?',
  ],
  ["input.n &&\n  stpes", '2:3 HOS102 unknown name "stpes" Did you mean "steps"?'],
];

test.for(rows)("%s", ([source, ...problems]) => {
  expect(problemsOf(source)).toEqual(problems);
});

const conditions: readonly (readonly [string, ...string[]])[] = [
  ["{{input.n > 3", '1:1 HOS110 a "{{" has no "}}"'],
  ["input.n }} > 3", '1:9 HOS110 "}}" closes no "{{"'],
  ["{{ }} > 3", "1:4 HOS110 there is nothing between {{ and }}"],
  [
    "{{ {{ input }} }}",
    '1:4 HOS110 "{{" within {{ }} Names stand there by themselves: {{ steps.a.output }}.',
  ],
  ["{{ input.n) + (input.n }}", '1:11 HOS110 ")" closes nothing within its {{ }}'],
  ["({{ input.n) }}", '1:12 HOS110 ")" closes nothing within its {{ }}'],
  ["{{ (input.n }}", '1:13 HOS110 "}}" closes no "{{"'],
  ["${{ input.n }} > 3", '1:1 HOS108 "${{" is the form of GitHub Actions Write "{{ … }}" without "$".'],
  [
    "'{{input.n}}' == 'x'",
    '1:2 HOS109 "{{" inside a quoted text is never replaced Drop the quotes, or write format("… {0} …", value).',
  ],
  ["{{inptu.n}} > 3", '1:3 HOS102 unknown name "inptu" Did you mean "input"?'],
  ["{{input.n}} {{input.n}}", "1:1 HOS101 there is no operator between two values"],
];

test.for(conditions)("condition %s", ([source, ...problems]) => {
  expect(problemsOf(source, parseCondition)).toEqual(problems);
});

// tooMuch needs large values: bounds.test.ts shows it.
test.for(Object.values(expressionProblems).filter(({ code }) => code !== "HOS114"))(
  "$code is shown here",
  ({ code, help }) => {
    const shown = [...rows, ...conditions].flatMap(([, ...problems]) => problems);
    expect(shown.some((problem) => problem.includes(` ${code} `))).toBe(true);
    expect(help).toMatch(/[.`]$/);
  },
);

const at = (offset: number) => ({ line: 12, column: 18 + offset });

test("problems name the file and the place that `at` says", () => {
  const parsed = parseExpression("a.b + stpes", { at, path: ".hishamos/bug.yml", roots: ["a", "steps"] });
  expect("problems" in parsed && parsed.problems.map(told)).toEqual([
    '.hishamos/bug.yml:12:24 HOS102 unknown name "stpes" Did you mean "steps"?',
  ]);
});

test("without `roots` an unknown root is found by evaluation", () => {
  const parsed = parseExpression("1 + nowhere");
  expect("expression" in parsed && parsed.expression.evaluate(recordScope({}, 0))).toMatchObject({
    problem: { code: "HOS102", position: { line: 1, column: 5 } },
  });
});
