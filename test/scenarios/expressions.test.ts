import { expect } from "vitest";
import { issue, mistake, scenario, value } from "./scenario.ts";

scenario(
  "template-whole",
  `
steps:
  - id: a
    agent: bot
    inputs: { whole: "{{ event.n }}", text: "n={{ event.n }} {{ event.none }}{{ event.l }}", tree: [{ x: "{{ event.l }}" }] }`,
  async (start) => {
    const run = await start({ event: { n: 3, l: [1] } });
    expect(run.input("a")).toEqual({ whole: 3, text: "n=3 [1]", tree: [{ x: [1] }] });
  },
);
scenario(
  "condition-braces",
  'steps: [{ id: a, agent: bot, condition: "{{ event.n }} + 1 > {{ 3 }}" }]',
  async (start) => {
    expect((await start({ event: { n: 3 } })).steps).toBe("a:running");
    expect((await start({ event: { n: 2 } })).steps).toBe("a:skipped");
  },
);
scenario(
  "never-substituted",
  `steps: [{ id: a, agent: bot, condition: "{{ event.title }} == 'x'" }]`,
  async (start) => {
    expect((await start({ event: { title: "1 == 1 || 'y'" } })).steps).toBe("a:skipped");
    expect((await start({ event: { title: "x" } })).steps).toBe("a:running");
  },
);
mistake(
  "braces-quoted",
  `steps: [{ id: a, agent: bot, condition: "'{{ event.x }}' == 'y'" }]`,
  "HOS109",
  "format",
);
scenario("truth", "steps: [{ id: a, agent: bot, condition: event.x }]", async (start) => {
  for (const x of [null, false, 0, ""]) expect((await start({ event: { x } })).steps).toBe("a:skipped");
  for (const x of [true, 1, "no", [], {}]) expect((await start({ event: { x } })).steps).toBe("a:running");
});

value("equality", "1 == '1'", false);
value("equality", "null == false", false);
value("equality", "[1, 2] == [1, 2]", true);
value("equality", "'a' == 'A'", false);
value("ordering", "2 < 10", true);
value("ordering", "'2' < '10'", false);
value("ordering", "1 < '2'", false);
value("ordering", "steps.a.output.none <= 3", false);
value("ordering", "3 >= steps.a.output.none", false);
value("operators", "!false && (1 + 2 * 3 - 8 / 4) % 4 == 1 || false", true);
value("operators", "'b' in ['a', 'b'] ? steps.a.output['x'][0] : 0", 5, { x: [5] });
mistake("operators", "steps: [{ id: a, agent: bot, condition: event.x === 1 }]", "HOS105", "==");
mistake("not-in", 'steps: [{ id: a, agent: bot, condition: "!event.x in [1]" }]', "HOS106");
value("not-in", "!(2 in [1])", true);
value("missing", "steps.a.output.none.of.it", null);
mistake("missing", "steps: [{ id: a, agent: bot, condition: evnt.x }]", "HOS102", 'Did you mean "event"');
value("each-value", "steps.a.output.*.name", ["x", "y"], [{ name: "x" }, { name: "y" }]);
value("each-value", "steps.a.output.*", [1, 2], { b: 1, c: 2 });
value("each-value", "contains(subject.labels.*, 'bug')", true);

for (const [expression, expected] of [
  ["contains('workflow', 'flow') && contains([1, 2], 2)", true],
  ["startsWith('fix/1', 'fix/') && endsWith('a.yml', '.yml')", true],
  ["lower('A') + upper('b') + trim(' c ')", "aBc"],
  ["[length('abc'), length([1]), length(null)]", [3, 1, 0]],
  ["join(split('a,b', ','), '-')", "a-b"],
  ["format('{0} of {1}', 1, 2)", "1 of 2"],
  ["default(null, 3)", 3],
  ["where(steps.a.output, 'n')", [{ n: true }]],
  ["any(steps.a.output, 'n') && !all(steps.a.output, 'n')", true],
  ["[first([1, 2]), last([1, 2]), min(1, 2), max([1, 2]), round(1.26, 1)]", [1, 2, 1, 2, 1.3]],
  ["[keys(first(steps.a.output)), values(first(steps.a.output))]", [["n"], [true]]],
  ["fromJSON(toJSON([1]))", [1]],
  ["glob('src/a/b.ts', 'src/**') && matches('v1.2', '^v[0-9.]+$')", true],
  ["duration('2h')", 7_200_000],
  ["formatDate(date('2026-01-02T03:04:05Z')) != ''", true],
  ["[weekday('2026-01-05'), age('2025-12-31T00:00:00Z')]", [1, 86_400_000]],
] as const) {
  value("functions", expression, expected, [{ n: true }, { n: false }]);
}
mistake("functions", "steps: [{ id: a, agent: bot, condition: hashFiles('x') }]", "HOS103");
value("clock", "now()", Date.UTC(2026, 0, 1));

scenario(
  "roots",
  `
steps:
  - id: a
    agent: bot
    inputs:
      all: "{{ [input.x, event.e, subject.number, repo.full_name, actor, execution.round, vars.v] }}"
      none: "{{ error }}"`,
  async (start) => {
    const run = await start({ input: { x: 1 }, event: { e: 2 }, subject: issue, vars: { v: 3 } });
    expect(run.input("a")).toEqual({ all: [1, 2, 7, "acme/shop", "alice", 1, 3], none: null });
  },
);
mistake("roots", "steps: [{ id: a, agent: bot, condition: self.x }]", "HOS102");
mistake("roots", "steps: [{ id: a, agent: bot, condition: evnt.x }]", "HOS102");
mistake(
  "roots",
  "steps: [{ id: a, agent: bot, for_each: { in: [1] } }, { id: b, agent: bot, condition: item > 1 }]",
  "HOS237",
);
value(
  "steps-root",
  "[steps.a.output, steps.a.state, steps.a.error, steps.a.visits]",
  [4, "completed", null, 1],
  4,
);
scenario(
  "steps-root",
  "steps: [{ id: a, agent: bot, on_failure: b }, { id: b, agent: bot, inputs: { why: '{{ steps.a.error.code }}' } }]",
  async (start) => {
    const run = await start();
    await run.fail("a");
    expect(run.input("b")).toEqual({ why: "broken" });
  },
  { more: "error" },
);
mistake(
  "steps-root",
  "steps: [{ id: a, agent: bot }, { id: b, agent: bot, condition: steps.a.outputs }]",
  "HOS239",
  'Did you mean "output"',
);

value("bounded", "steps.a.output.constructor", null, {});
value("bounded", "steps.a.output['__proto__']", null, {});
value("bounded", "steps.a.output.toString", null, "text");
mistake(
  "bounded",
  `steps: [{ id: a, agent: bot, condition: "${"!(".repeat(80)}true${")".repeat(80)}" }]`,
  "HOS107",
);
scenario(
  "bounded",
  'steps: [{ id: a, agent: bot, condition: "length(join(event.l, event.t)) > 0" }]',
  async (start) => {
    const event = { l: Array.from({ length: 2_000 }, () => ""), t: "x".repeat(2_000) };
    expect((await start({ event })).error).toBe("a expression");
  },
  { more: "work" },
);
value("subject-files", "subject.files", null);
mistake("root-names", "steps: [{ id: a, agent: bot, condition: actor.login }]", "HOS248", "Write actor");
mistake(
  "root-names",
  "steps: [{ id: a, agent: bot, condition: repo.fullname }]",
  "HOS248",
  'Did you mean "full_name"',
);
scenario(
  "root-names",
  "steps: [{ id: a, agent: bot, inputs: { names: '{{ [keys(subject), keys(repo), keys(execution)] }}' } }]",
  async (start) => {
    const run = await start({ subject: issue });
    expect(run.input("a")).toEqual({
      names: [
        "type number title author labels url state head_sha is_fork files pull_request".split(" "),
        "id owner name full_name".split(" "),
        "id round state started_at workflow ending".split(" "),
      ],
    });
  },
);
