import { expect, test } from "vitest";
import { evaluate, loadWorkflow, newExecution, transition } from "../src/index.ts";

test("the library's face: read a definition, evaluate an expression, step an execution", () => {
  const loaded = loadWorkflow("name: X\nsteps: [{ id: a, delay: 1s }]", ".hishamos/x.yml");
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  const execution = newExecution(loaded.workflow, {
    id: "1",
    repository: { id: 1, owner: "acme", name: "shop" },
    installation: null,
    subject: null,
    actor: "alice",
    input: {},
    event: {},
    commit: null,
    at: 0,
  });
  const next = transition(loaded.workflow, execution, { type: "started", at: 0 });
  expect("effects" in next && next.effects).toEqual([{ type: "schedule", at: 1_000 }, { type: "report" }]);
  expect(evaluate("input.n > 3", { input: { n: 4 } })).toEqual({ value: true });
});
