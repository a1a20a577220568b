import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadWorkflow } from "../../src/definition/index.ts";

const folder = new URL("../../workflows-library/", import.meta.url);
const library = readdirSync(folder)
  .filter((file) => file.endsWith(".yml"))
  .map((file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const loaded = loadWorkflow(text, file);
    if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems, null, 2));
    return { file, text, workflow: loaded.workflow };
  });

test.for(library)(
  "$file says what it is for, what starts it, who is asked and what it changes",
  ({ text }) => {
    const head = text.slice(0, text.search(/^[^#]/m));
    expect(head).toMatch(/What starts it[\s\S]+Who is asked[\s\S]+What it changes/);
  },
);

test.for(library)(
  "$file waits for nobody without end, and every failure reaches a person",
  ({ workflow }) => {
    const { steps, handlers } = workflow.steps;
    const open = steps.filter(({ kind, timeoutMs, routes }) => {
      const waits = kind.kind !== "action" && kind.kind !== "delay";
      return waits && (timeoutMs === null || (routes.on_timeout ?? routes.on_failure) === null);
    });
    expect(open.map(({ id }) => id)).toEqual([]);
    const silent = steps.filter(({ id, routes }) => !handlers.has(id) && routes.on_failure === null);
    expect(silent.map(({ id }) => id)).toEqual([]);
    const tellers = [...handlers].map((id) => workflow.steps.byId.get(id)?.kind);
    expect(tellers.every((kind) => kind?.kind === "action" && kind.action === "issues.createComment")).toBe(
      true,
    );
    expect(workflow.limits.timeoutMs).not.toBeNull();
  },
);

test("the Bug Lifecycle starts by a label, is bounded, and asks for no more than it needs", () => {
  const found = library.find(({ file }) => file === "bug-lifecycle.yml")?.workflow;
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
