import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadWorkflow } from "../../src/definition/index.ts";
import { entryOf, rules } from "./library-rules.ts";

const folder = new URL("../../workflows-library/", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".yml"))
  .map((file) => file.replace(/\.yml$/, ""));
const texts = new Map(names.map((name) => [name, readFileSync(new URL(`${name}.yml`, folder), "utf8")]));
const files = new Map([...texts].map(([name, text]) => [`library/${name}@1.0.0`, text]));
const library = [...texts].map(([name, text]) => entryOf(name, text, files));

const promised =
  "api-change-review backlog-refinement bug-lifecycle change-request code-review contributor-onboarding daily-standup " +
  "database-migration-review dependency-update documentation-update feature-development hotfix incident-management " +
  "issue-triage performance-optimization release-management rollback security-audit sprint-planning " +
  "sprint-retrospective stale-cleanup technical-debt-review test-coverage-improvement user-story-generation";

test("the library holds what is promised", () => {
  expect(names.toSorted()).toEqual(promised.split(" ").toSorted());
});

describe.for(library)("$name", (entry) => {
  const { name, text, workflow, steps } = entry;

  test("says what it is for, what starts it, who is asked, what it changes and how it ends", () => {
    const lines = text.slice(0, text.search(/^[^#]/m)).trimEnd().split("\n");
    expect(lines[0]).toMatch(new RegExp(`^# ${workflow.name}: \\S.+\\.$`));
    expect(lines[1]).toBe("#");
    const titles = lines.slice(2).flatMap((line) => /^# (\w.{14})\s{2}\S/.exec(line)?.[1]?.trim() ?? []);
    expect(titles).toEqual(["What starts it", "Who is asked", "What it changes", "How it ends"]);
    expect(lines.slice(2).filter((line) => !/^# (?:\w.{14} {2}| {17})\S/.test(line))).toEqual([]);
    expect(lines.filter(({ length }) => length > 120)).toEqual([]);
  });

  test("has a version, a description, an end in time, and triggers that are narrow", () => {
    expect(workflow).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      status: "active",
      description: expect.any(String),
    });
    expect(workflow.limits.timeoutMs).not.toBeNull();
    const wide = workflow.triggers.filter(
      ({ types, labels }) => types.includes("labeled") && labels.length === 0,
    );
    expect(wide).toEqual([]);
  });

  test("can be used by reference, pinned", () => {
    const using = `name: Ours\nuses: library/${name}@1.0.0\n`;
    expect(loadWorkflow(using, ".hishamos/ours.yml", { files })).toMatchObject({ problems: [] });
  });

  test.for(rules)("$rule", ({ broken }) => {
    expect(broken(entry)).toEqual([]);
  });

  test("has tests of a good path, of one that fails, and of people who don't answer", () => {
    const file = new URL(`tests/${name}.yml`, folder);
    expect(existsSync(file)).toBe(true);
    const tests = readFileSync(file, "utf8");
    expect(tests).toMatch(new RegExp(`^workflow: ${name}$`, "m"));
    expect(tests).toMatch(/state: completed/);
    expect(tests).toMatch(/: failed/);
    const asks = steps.some(({ step: { kind } }) => kind.kind === "agent" || kind.kind === "approval");
    if (asks) expect(tests).toMatch(/timeout/);
  });
});

describe("each rule is broken by", () => {
  const hotfix = texts.get("hotfix") ?? "";

  test.for<[what: string, rule: string, from: RegExp, to: string, steps: readonly string[]]>([
    [
      "a permission too much",
      "permission",
      /actions: write/,
      "actions: write\n  checks: write",
      ["checks: write"],
    ],
    [
      "write where read will do",
      "permission",
      /actions: write/,
      "actions: write\n  checks: read",
      ["checks: read"],
    ],
    ["an approval without a timeout", "every wait", /(id: review[^]+?) {4}timeout: 1d\n/, "$1", ["review"]],
    [
      "an agent that nobody is reminded of",
      "every wait",
      / {4}remind: \{ every: 2h, max: 20 \}\n/,
      "",
      ["fix"],
    ],
    ["a run without a timeout", "every wait", /(id: deploy\n[^]+?) {4}timeout: 2h\n/, "$1", ["deploy"]],
    ["a loop of a hundred rounds", "every loop", /max_visits: 4/, "max_visits: 100", ["fix"]],
    [
      "a list without an end",
      "every loop",
      /addLabels(\n.+\n.+\n) {6}labels: .+\n/,
      "listLabelsOnIssue$1",
      ["mark"],
    ],
    [
      "a failure without a route",
      "every failure",
      /(id: mark\n[^]+?) {4}on_failure: notify_team\n/,
      "$1",
      ["mark"],
    ],
    [
      "visits that end without a word",
      "every failure",
      / {4}on_exhausted: give_up\n/,
      "    on_skip: give_up\n",
      ["fix"],
    ],
    [
      "a handler that names nobody",
      "every failure",
      /"@\{\{ actor \}\} This hotfix/,
      '"This hotfix',
      ["notify_team"],
    ],
    ["a merge that nobody has approved", "asks before", /on_success: review/, "on_success: merge", ["merge"]],
    [
      "an approval's way out",
      "asks before",
      /(id: review[^]+?on_timeout: )notify_team/,
      "$1merge",
      ["merge"],
    ],
  ])("%s", ([, name, from, to, expected]) => {
    const text = hotfix.replace(from, to);
    expect(text).not.toBe(hotfix);
    const { broken } = rules.find(({ rule }) => rule.includes(name)) ?? {};
    expect(broken?.(entryOf("hotfix", text, files))).toEqual(expect.arrayContaining([...expected]));
  });
});

test("the Bug Lifecycle starts by a label, is bounded, and asks for no more than it needs", () => {
  const found = library.find(({ name }) => name === "bug-lifecycle")?.workflow;
  expect(found).toMatchObject({
    name: "Bug Lifecycle",
    triggers: [{ event: "issues", types: ["labeled"], labels: ["bug"], own: false }],
    permissions: { issues: "write", contents: "read" },
  });
  const stages = ["report", "triage", "assign", "fix", "code_review", "qa_test", "deploy", "close"];
  const ids = found?.steps.steps.map(({ id }) => id) ?? [];
  expect(ids.filter((id) => stages.includes(id))).toEqual(stages);
  expect(found?.steps.byId.get("fix")?.maxVisits).toBe(4);
});
