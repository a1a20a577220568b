import { readFileSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readInputs } from "../../src/action/inputs.ts";
import { loadWorkflow } from "../../src/definition/index.ts";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}
interface ActionsWorkflow {
  readonly on: Readonly<Record<string, { readonly inputs?: Readonly<Record<string, object>> }>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly steps: readonly { readonly uses: string; readonly with?: Record<string, string> }[] }
    >
  >;
}

const readme = readFileSync("README.md", "utf8");
const action = parse(readFileSync("action.yml", "utf8")) as Action;
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const told = readme.split("## GitHub Action\n")[1]?.split("\n## ")[0] ?? "";
const examples = [...told.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, text = ""]) => parse(text) as ActionsWorkflow,
);

/** What stands under `with:` as GitHub fills it in: of expressions, the examples have all inputs of who starts them. */
function filled(
  { on }: ActionsWorkflow,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const inputs = Object.keys(on["workflow_dispatch"]?.inputs ?? {}).map((name) => [name, "1.10"]);
  const all = JSON.stringify(Object.fromEntries(inputs));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value.replace("${{ toJSON(inputs) }}", all)]),
  );
}

/** The cells of a table of the section by the head of its first column. */
function table(head: string): readonly (readonly string[])[] {
  const text = told.split("\n\n").find((each) => each.startsWith(`| ${head} `)) ?? "";
  const lines = text.trim().split("\n").slice(2);
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
const forWhat = (description: string) => /^((?:validate|run|start)(?:, \w+)*): /.exec(description)?.[1] ?? "";

test("the README's inputs are action.yml's, for the same commands and with the same defaults", () => {
  const rows = table("input").map(([name, commands, , fallback = ""]) => ({
    name,
    commands,
    fallback: /^`(.*)`$/.exec(fallback)?.[1],
  }));
  expect(rows).toEqual(
    Object.entries(action.inputs).map(([name, input]) => ({
      name: `\`${name}\``,
      commands: name === "command" ? "" : forWhat(input.description),
      fallback: input.default,
    })),
  );
});

test("its outputs are action.yml's", () => {
  expect(table("output").map(([name, commands]) => [name, commands])).toEqual(
    Object.entries(action.outputs).map(([name, { description }]) => [`\`${name}\``, forWhat(description)]),
  );
});

test("its examples use this release with inputs that the action takes", () => {
  expect(examples).toHaveLength(3);
  const commands = examples.map((example) => {
    const used = Object.values(example.jobs).flatMap(({ steps }) => steps);
    const ours = used.find(({ uses }) => uses === `OWNER/hishamos@v${version.split(".")[0]}`);
    const given = Object.entries(filled(example, ours?.with ?? {}));
    expect(given.filter(([name]) => !(name in action.inputs))).toEqual([]);
    const env = Object.fromEntries(given.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
    const read = readInputs({ INPUT_TOKEN: "t", ...env });
    if ("problems" in read) throw new Error(read.problems.map(({ message }) => message).join("\n"));
    // What is checked is the checkout; what is run is asked of GitHub.
    expect(used.some(({ uses }) => uses.startsWith("actions/checkout@"))).toBe(
      read.inputs.command === "validate",
    );
    return read.inputs.command;
  });
  expect(commands).toEqual(["validate", "run", "start"]);
});

test("its examples name workflows of the library, their inputs, and the permissions that they need", () => {
  for (const example of examples) {
    const { permissions, jobs } = example;
    const given = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .find((step) => step.with)?.with;
    if (!given) {
      expect(permissions).toEqual({ contents: "read" });
      continue;
    }
    const path = `workflows-library/${given["workflow"]}.yml`;
    const loaded = loadWorkflow(readFileSync(path, "utf8"), path);
    if (!("workflow" in loaded)) throw new Error(`${path} is not valid`);
    const { workflow } = loaded;
    const names = Object.keys((parse(filled(example, given)["inputs"] ?? "") as object | null) ?? {});
    expect(names.filter((name) => !workflow.inputs.some((input) => input.name === name))).toEqual([]);
    const needed = given["command"] === "start" ? { "id-token": "write" } : workflow.permissions;
    expect(permissions).toEqual(needed);
  }
});

test("its pictures are small, and as wide as they are shown", () => {
  for (const name of ["page", "sticky-comment"]) {
    const file = `docs/pictures/${name}.png`;
    expect(readme).toContain(`](${file})`);
    expect(statSync(file).size).toBeLessThan(250_000);
    const width = readFileSync(file).readUInt32BE(16);
    expect(width).toBeGreaterThan(800);
    expect(width).toBeLessThanOrEqual(1000);
  }
});
