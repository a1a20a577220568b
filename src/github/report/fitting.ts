import type { Execution } from "../../core/execution.ts";
import { unreachable } from "../../core/problem.ts";
import type { Workflow } from "../../core/workflow.ts";
import { readyAnswer } from "../../engine/answer/index.ts";
import { isInJob } from "../in-job.ts";
import { anyWriter, decidersOf, limitOf, waitingApprovals, waitingPersons, waitingSteps } from "./waiting.ts";

/** One thing that people can do now. */
export interface Fitting {
  /** The command, ready to be copied: `/hishamos approve deploy`. */
  readonly command: string;
  /** What it does, as `lets deploy go on`. */
  readonly does: string;
  readonly who: string;
  /** The same as a button of a check run, where there is one. */
  readonly button: Button | null;
}

/** GitHub's limits: label 20, description 40, identifier 20 characters. */
export interface Button {
  readonly identifier: "approve" | "reject" | "cancel" | "resume" | "retry" | "allow";
  readonly label: string;
  readonly description: string;
}

/** Of many branches or items that wait, the commands for these are shown; the others go by the same pattern. */
const mostOfAKind = 5;

/** What fits the execution's state, the most wanted first; who may use it as `commands` of workflow and settings say. */
export function fittingCommands(workflow: Workflow, execution: Execution): readonly Fitting[] {
  return fitting(workflow, execution).map((one) => {
    const name = /^\/(?:hishamos )?(\w+)/.exec(one.command)?.[1] ?? "";
    const limit = limitOf(workflow, execution, name);
    if (limit === null) return one;
    return { ...one, who: decisions.has(name) ? `${one.who}; of these ${limit}` : limit };
  });
}

/** Of an approval, the step itself says who: a limit of the command holds besides. */
const decisions: ReadonlySet<string> = new Set(["approve", "reject"]);

function fitting(workflow: Workflow, execution: Execution): readonly Fitting[] {
  switch (execution.state) {
    case "running":
      return [
        ...approvals(workflow, execution),
        ...answers(workflow, execution),
        ...refusals(workflow, execution),
        ...skips(workflow, execution),
        fits("/hishamos pause", "enters no further step until it is resumed"),
        execution.finalizing ? fits("/hishamos cancel", "ends it at once", ...cancelButton) : cancel,
      ];
    case "paused":
      if (execution.held !== null) return [allow, cancel];
      return [
        fits("/hishamos resume", "goes on where it stopped", "resume", "Resume", "Go on where it stopped"),
        cancel,
      ];
    case "failed":
    case "cancelled":
      return isInJob(execution) ? [] : [retry];
    case "completed":
      return [];
    default:
      return unreachable(execution.state);
  }
}

function approvals(workflow: Workflow, execution: Execution): readonly Fitting[] {
  const asked = waitingApprovals(workflow, execution);
  return asked.slice(0, mostOfAKind).flatMap(({ path, step }, index) => {
    if (step.kind.kind !== "approval") return [];
    // Short as long as there is only one it can mean.
    const [approve, reject] =
      asked.length === 1
        ? ["/approve", "/reject"]
        : [`/hishamos approve ${path}`, `/hishamos reject ${path}`];
    const who = decidersOf(step.kind);
    // A check run has one external id, so its buttons speak of the first approval only.
    const buttons = index === 0 && step.kind.by.includes("button");
    const approval = fits(approve, `approves ${path}`, "approve", "Approve", cut(`Approve ${path}`));
    const rejection = fits(reject, `rejects ${path}`, "reject", "Reject", cut(`Reject ${path}`));
    return [approval, rejection].map((one) => ({ ...one, who, button: buttons ? one.button : null }));
  });
}

function answers(workflow: Workflow, execution: Execution): readonly Fitting[] {
  return waitingPersons(workflow, execution)
    .filter(({ waiting }) => waiting.produces === null || waiting.outputSchema !== null)
    .slice(0, mostOfAKind)
    .map(({ path, waiting }) => fits(readyAnswer(path, waiting.outputSchema), `answers ${path}`));
}

function refusals(workflow: Workflow, execution: Execution): readonly Fitting[] {
  return waitingPersons(workflow, execution)
    .slice(0, mostOfAKind)
    .map(({ path }) => fits(`/hishamos fail ${path} REASON`, `says why ${path} can't be done`));
}

function skips(workflow: Workflow, execution: Execution): readonly Fitting[] {
  return waitingSteps(workflow, execution)
    .filter(({ waiting }) => waiting.for !== "approval")
    .slice(0, mostOfAKind)
    .map(({ path }) => fits(`/hishamos skip ${path}`, `goes on without ${path}`));
}

const cancelButton = ["cancel", "Cancel", "End this execution"] as const;
const cancel = fits("/hishamos cancel", "ends it", ...cancelButton);
const allow = {
  ...fits("/hishamos allow", "lets it begin", "allow", "Allow", "Let it begin"),
  who: "anyone else with the role triage or higher",
};
const retry = fits(
  "/hishamos retry",
  "tries again from where it ended",
  "retry",
  "Retry",
  "Try again from where it ended",
);

function fits(
  command: string,
  does: string,
  identifier?: Button["identifier"],
  label = "",
  description = "",
): Fitting {
  return { command, does, who: anyWriter, button: identifier ? { identifier, label, description } : null };
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
