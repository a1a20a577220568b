import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Workflow } from "../../src/core/index.ts";
import { type LoadOptions, loadWorkflow, neededFiles, resolveReference } from "../../src/definition/index.ts";

const sha = "0123456789abcdef0123456789abcdef01234567";
const delay = "name: D\nsteps:\n  - {id: a, delay: 1s}\n";
const runs = (...references: readonly string[]): string =>
  `name: W\nsteps:\n${references.map((each, index) => `  - {id: s${index}, workflow: "${each}"}\n`).join("")}`;

function load(text: string, files: Readonly<Record<string, string>> = {}, more: LoadOptions = {}) {
  const loaded = loadWorkflow(text, ".hishamos/w.yml", { files: new Map(Object.entries(files)), ...more });
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems, null, 2));
  return loaded;
}

const codes = (
  text: string,
  files: Readonly<Record<string, string>>,
  more: LoadOptions = {},
): readonly string[] =>
  loadWorkflow(text, ".hishamos/w.yml", { files: new Map(Object.entries(files)), ...more }).problems.map(
    ({ code, message }) => `${code} ${message}`,
  );

const references: readonly (readonly [reference: string, from: string, key: string | null])[] = [
  ["./qa.yml", ".hishamos/w.yml", ".hishamos/qa.yml"],
  ["./sub/qa.json", ".hishamos/w.yml", ".hishamos/sub/qa.json"],
  ["./qa.yml", "w.yml", "qa.yml"],
  ["./b.yml", `o/r/.hishamos/a.yml@${sha}`, `o/r/.hishamos/b.yml@${sha}`],
  ["./b.yml", "library/a@1.2.3", "library/b@1.2.3"],
  [`o/r/x/a.yml@${sha}`, ".hishamos/w.yml", `o/r/x/a.yml@${sha}`],
  ["library/a@1.2.3", ".hishamos/w.yml", "library/a@1.2.3"],
  ["../qa.yml", ".hishamos/w.yml", null],
  ["./x/../../qa.yml", ".hishamos/w.yml", null],
  ["/etc/qa.yml", ".hishamos/w.yml", null],
  [`o/r/../a.yml@${sha}`, ".hishamos/w.yml", null],
  ["o/r/x/a.yml@main", ".hishamos/w.yml", null],
  ["library/a", ".hishamos/w.yml", null],
  [`./${"x".repeat(400)}.yml`, ".hishamos/w.yml", null],
];
test.for(references)("%s in %s", ([reference, from, key]) => {
  expect(resolveReference(reference, from)).toBe(key);
});

test("the files that a text needs are told once each, in its order, without those that these need", () => {
  const text = `workflow:
  name: W
  steps:
    - {id: a, workflow: ./a.yml}
    - id: b
      parallel: {steps: [{id: c, workflow: library/x@1.0.0}, {id: d, steps: [{id: e, workflow: ./a.yml}]}]}
    - {id: f, workflow: not a reference}
  finally:
    - {id: g, workflow: ./g.yml}
`;
  expect(neededFiles(text, ".hishamos/w.yml")).toEqual([
    ".hishamos/a.yml",
    "library/x@1.0.0",
    ".hishamos/g.yml",
  ]);
  expect(neededFiles("uses: library/x@1.0.0\n", ".hishamos/w.yml")).toEqual(["library/x@1.0.0"]);
});

test.for([delay, "workflow: [", "workflow: {steps: 5}", "", "\0 workflow: ./a.yml", "workflow: ./a.yml"])(
  "%j needs no files",
  (text) => {
    expect(neededFiles(text, ".hishamos/w.yml")).toEqual([]);
  },
);

test("children are loaded with their own, by the reference as written", () => {
  const { workflow, files } = load(runs("./a.yml", `o/r/x.yml@${sha}`, "./a.yml"), {
    ".hishamos/a.yml": runs("./b.yml"),
    ".hishamos/b.yml": delay,
    ".hishamos/unused.yml": delay,
    [`o/r/x.yml@${sha}`]: runs("./y.yml"),
    [`o/r/y.yml@${sha}`]: delay,
  });
  const named = ({ path, stem, children }: Workflow): object => ({
    path,
    stem,
    children: Object.fromEntries([...children].map(([key, child]) => [key, named(child)])),
  });
  const leaf = (path: string, stem: string): object => ({ path, stem, children: {} });
  expect(named(workflow)).toEqual({
    path: ".hishamos/w.yml",
    stem: "w",
    children: {
      "./a.yml": { ...leaf(".hishamos/a.yml", "a"), children: { "./b.yml": leaf(".hishamos/b.yml", "b") } },
      [`o/r/x.yml@${sha}`]: {
        ...leaf(`o/r/x.yml@${sha}`, "x"),
        children: { "./y.yml": leaf(`o/r/y.yml@${sha}`, "y") },
      },
    },
  });
  expect([...files.keys()].toSorted()).toEqual([
    ".hishamos/a.yml",
    ".hishamos/b.yml",
    `o/r/x.yml@${sha}`,
    `o/r/y.yml@${sha}`,
  ]);
});

test("without files, references are checked for their form only", () => {
  const loaded = loadWorkflow(runs("./gone.yml"), ".hishamos/w.yml");
  expect("workflow" in loaded && [...loaded.workflow.children]).toEqual([]);
  expect(loadWorkflow(runs("gone.yml"), ".hishamos/w.yml").problems).toMatchObject([{ code: "HOS241" }]);
});

test("offline, a file of this repository must be there and a pinned one need not", () => {
  const pinned = `o/r/x.yml@${sha}`;
  expect(codes(runs("./gone.yml", pinned), {}, { offline: true })).toEqual([
    'HOS242 there is no workflow ".hishamos/gone.yml"',
  ]);
  expect(load(runs(pinned), {}, { offline: true }).workflow.children.size).toBe(0);
});

test("the hash is that of the text where there are no files, and changes with every file that is used", () => {
  const hash = (child: string, more: Readonly<Record<string, string>> = {}): string =>
    load(runs("./a.yml"), { ".hishamos/a.yml": child, ...more }).workflow.hash;
  const ofText = createHash("sha256").update(delay).digest("hex");
  expect(load(delay, { ".hishamos/other.yml": delay }).workflow.hash).toBe(ofText);
  expect(hash(delay)).not.toBe(createHash("sha256").update(runs("./a.yml")).digest("hex"));
  expect(hash(delay)).not.toBe(hash(`${delay}#`));
  expect(hash(delay)).toBe(hash(delay, { ".hishamos/unused.yml": "x" }));
  const agents = (text: string): string =>
    load("name: W\nsteps:\n  - {id: a, agent: poet}\n", { ".hishamos/agents/poet.yml": text }).workflow.hash;
  const poet = "name: poet\ninstructions: Write.\n";
  expect(agents(poet)).not.toBe(agents(`${poet}# more\n`));
});

test("an agent's file is found by its name, and only agents that steps name are taken", () => {
  const { workflow, files } = load(
    "name: W\nsteps:\n  - {id: a, agent: bard}\n  - {id: b, agent: qa-agent}\n",
    {
      ".hishamos/agents/poet.yml": "name: bard\ninstructions: Sing.\n",
      ".hishamos/agents/other.yml": "name: other\ninstructions: Wait.\n",
      ".hishamos/agents/qa.yml": "name: qa-agent\ninstructions: Ours.\n",
    },
  );
  expect([...workflow.agents].map(([name, { instructions }]) => [name, instructions])).toEqual([
    ["bard", "Sing."],
    ["qa-agent", "Ours."],
  ]);
  expect([...files.keys()]).toEqual([".hishamos/agents/poet.yml", ".hishamos/agents/qa.yml"]);
});

test("an agent's file that changes in the same map is read again", () => {
  const files = new Map([[".hishamos/agents/poet.yml", "name: poet\ninstructions: One.\n"]]);
  const text = "name: W\nsteps:\n  - {id: a, agent: poet}\n";
  const read = (): string | undefined => {
    const loaded = loadWorkflow(text, ".hishamos/w.yml", { files });
    return "workflow" in loaded ? loaded.workflow.agents.get("poet")?.instructions : undefined;
  };
  expect(read()).toBe("One.");
  files.set(".hishamos/agents/poet.yml", "name: poet\ninstructions: Two.\n");
  expect(read()).toBe("Two.");
});

test("workflows nest ten deep and no deeper", () => {
  const chain = (depth: number): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Array.from({ length: depth }, (_, index) => [
        `.hishamos/c${index}.yml`,
        index === depth - 1 ? delay : runs(`./c${index + 1}.yml`),
      ]),
    );
  expect(codes(runs("./c0.yml"), chain(10))).toEqual([]);
  expect(codes(runs("./c0.yml"), chain(11))).toEqual(["HOS244 workflows run each other more than 10 deep"]);
  expect(codes(runs("./c0.yml"), chain(3_000))).toHaveLength(1);
});

test("each file is read once, however many ways lead to it", () => {
  const files = Object.fromEntries(
    Array.from({ length: 9 }, (_, level) => [
      `.hishamos/l${level}.yml`,
      level === 8 ? delay : runs(...Array(8).fill(`./l${level + 1}.yml`)),
    ]),
  );
  expect(codes(runs("./l0.yml"), files)).toEqual([]);
});

const library = {
  "library/triage@1.0.0": `name: Triage
version: "1.0.0"
on: {issues: {types: [opened]}}
permissions: {issues: write}
limits: {timeout: 1d, tokens: 500}
inputs:
  text: {type: string, from: event.issue.body, required: true}
  depth: {type: integer, required: true}
  other: {default: 5}
steps:
  - {id: a, agent: qa-agent, inputs: {t: "{{ input.text }}", d: "{{ input.depth }}"}}
finally:
  - {id: f, delay: 1s}
outputs: {ok: "{{ steps.a.output.ok }}"}
`,
};

test("a workflow that uses another is that one, called and triggered as it says itself", () => {
  const { workflow } = load(
    `name: Ours
uses: library/triage@1.0.0
on: {issue_comment: {outsiders: ignore}}
permissions: {issues: write, contents: read}
limits: {tokens: 9}
inputs: {depth: 2, text: "{{ event.comment.body }}"}
`,
    library,
  );
  expect(workflow).toMatchObject({
    name: "Ours",
    stem: "w",
    path: ".hishamos/w.yml",
    version: "1.0.0",
    triggers: [{ event: "issue_comment", outsiders: "ignore" }],
    permissions: { issues: "write", contents: "read" },
    limits: { timeoutMs: 86_400_000, tokens: 9 },
    report: { check: "HishamOS / Ours" },
    inputs: [
      { name: "text", schema: { type: "string" }, default: undefined },
      { name: "depth", schema: { type: "integer", const: 2 }, from: null, default: 2, required: false },
      { name: "other", default: 5 },
    ],
  });
  expect(workflow.steps.steps.map(({ id }) => id)).toEqual(["a"]);
  expect(workflow.finally?.steps.map(({ id }) => id)).toEqual(["f"]);
  const scope = { now: 0, root: () => ({ comment: { body: "hi" } }) };
  expect(workflow.inputs[0]?.from?.evaluate(scope)).toEqual({ value: "hi" });
});

test("what a workflow that uses another doesn't say is the other's", () => {
  const { workflow, files } = load("uses: library/triage@1.0.0\n", library);
  expect(workflow).toMatchObject({
    name: "Triage",
    stem: "w",
    status: "active",
    triggers: [{ event: "issues", types: ["opened"], outsiders: "hold" }],
    permissions: { issues: "write" },
    report: { check: "HishamOS / Triage" },
  });
  expect([...files.keys()]).toEqual(["library/triage@1.0.0"]);
});

test("a used workflow that is not at hand leaves a step that can't run, never an empty success", () => {
  const loaded = loadWorkflow("uses: library/triage@1.0.0\n", ".hishamos/w.yml");
  const steps = "workflow" in loaded ? loaded.workflow.steps.steps : [];
  expect(steps.map(({ kind }) => kind)).toEqual([{ kind: "workflow", workflow: "library/triage@1.0.0" }]);
});
