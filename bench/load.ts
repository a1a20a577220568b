import { readFileSync } from "node:fs";
import type { JsonObject } from "../src/core/json.ts";
import { formatProblem } from "../src/core/problem.ts";
import { loadWorkflow } from "../src/definition/index.ts";
import type { StartRequest, StepResult } from "../src/engine/ports/index.ts";

const path = ".hishamos/seven-steps.yml";
const text = readFileSync(new URL("seven-steps.yml", import.meta.url), "utf8");
const loaded = loadWorkflow(text, path);
if (!("workflow" in loaded)) throw new Error(loaded.problems.map(formatProblem).join("\n"));
const { workflow } = loaded;

export const stepsPerExecution = workflow.steps.steps.length;
/** Ids of its steps, in the order in which they are done. */
export const workflowSteps = workflow.steps.steps.map(({ id }) => id);
/** Issue numbers begin here, so that all documents of a run are equally long. */
export const firstNumber = 1_000_000;

const repository = { id: 1_296_269, owner: "octo-org", name: "octo-repo" };
const labels = ["bug", "checkout"];
const title = "Checkout loses the discount";
const body =
  "Change the postal code and return to the payment page: the total is the full price.\n\n" +
  "Firefox 142, shop 4.18.2; it worked in 4.17.\n";

/** The start that a label on the issue of this number causes, its event trimmed as the service trims it. */
export function startOf(number: number): StartRequest {
  const url = `https://github.com/octo-org/octo-repo/issues/${number}`;
  const author = { login: "reporter", id: 583_231, type: "User" };
  const event: JsonObject = {
    action: "labeled",
    label: { name: "bug", color: "d73a4a" },
    issue: {
      number,
      title,
      body,
      state: "open",
      user: author,
      labels,
      html_url: url,
      comments: 0,
      updated_at: "2026-01-01T09:30:00Z",
      author_association: "CONTRIBUTOR",
    },
    sender: author,
  };
  return {
    workflow,
    text,
    commit: "6dcb09b5b57875f334f61aebed695e2e4193db5e",
    repository,
    installation: 1,
    subject: {
      type: "issue",
      number,
      title,
      author: author.login,
      labels,
      url,
      head_sha: null,
      is_fork: false,
      state: "open",
    },
    actor: author.login,
    event,
    input: {},
    occurrence: `delivery-${number}`,
  };
}

const page = "https://github.com/octo-org/octo-repo";
const pull = {
  number: 812,
  url: `${page}/pull/812`,
  branch: "fix/discount",
  head_sha: "7638417db6d59f3c431d3e1f261cc637155684cd",
};

/** What each step's work comes to, as an action of GitHub's or an agent would answer. */
const outputs: Readonly<Record<string, JsonObject>> = {
  report: { id: 9_001, html_url: `${page}/issues/1#issuecomment-9001`, user: { login: "hishamos[bot]" } },
  triage: {
    severity: 4,
    component: "cart",
    summary: "A new address recalculates the price without the discount.",
    duplicate_of: null,
  },
  urgent: { labels: [...labels, "urgent"] },
  assign: { assignee: "maintainer", reason: "Wrote cart/price.ts and is on call this week." },
  fix: { pull_request: pull, summary: "Keep the discount in the cart, not in the page." },
  qa_test: { passed: true, notes: "Twelve cases of the checkout pass on both browsers." },
  close: { number: 1, state: "closed", state_reason: "completed", html_url: `${page}/issues/1` },
};

export function outputOf(stepId: string): JsonObject {
  const output = outputs[stepId];
  if (!output) throw new Error(`the bench knows no result of ${stepId}`);
  return output;
}

/** The step's result, ready at once. */
export function resultOf(stepId: string): StepResult {
  const output = outputOf(stepId);
  const { html_url: url } = output;
  const written = typeof url === "string" ? url : null;
  const effects = written === null ? [] : [{ key: `seven-steps/${stepId}`, method: stepId, ref: written }];
  return { type: "succeeded", output, effects };
}
