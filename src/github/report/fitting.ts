import type { Execution } from "../../core/execution.ts";
import { unreachable } from "../../core/problem.ts";
import type { Workflow } from "../../core/workflow.ts";
import { readyAnswer } from "../../engine/answer/index.ts";
import { anyWriter, decidersOf, waitingApprovals, waitingPersons, waitingSteps } from "./waiting.ts";

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
  readonly identifier: "approve" | "reject" | "cancel" | "resume" | "retry";
  readonly label: string;
  readonly description: string;
}

/** What fits the execution's state, the most wanted first. */
export function fittingCommands(workflow: Workflow, execution: Execution): readonly Fitting[] {
  switch (execution.state) {
    case "running":
      return [
        ...approvals(workflow, execution),
        ...answers(workflow, execution),
        ...skips(workflow, execution),
        fits("/hishamos pause", "enters no further step until it is resumed"),
        cancel,
      ];
    case "paused":
      return [
        fits("/hishamos resume", "goes on where it stopped", "resume", "Resume", "Go on where it stopped"),
        cancel,
      ];
    case "failed":
    case "cancelled":
      return [retry];
    case "completed":
      return [];
    default:
      return unreachable(execution.state);
  }
}

function approvals(workflow: Workflow, execution: Execution): readonly Fitting[] {
  const asked = waitingApprovals(workflow, execution);
  return asked.flatMap(({ step }, index) => {
    if (step.kind.kind !== "approval") return [];
    // Short as long as there is only one it can mean.
    const [approve, reject] =
      asked.length === 1
        ? ["/approve", "/reject"]
        : [`/hishamos approve ${step.id}`, `/hishamos reject ${step.id}`];
    const who = decidersOf(step.kind);
    // A check run has one external id, so its buttons speak of the first approval only.
    const buttons = index === 0 && step.kind.by.includes("button");
    const approval = fits(approve, `approves ${step.id}`, "approve", "Approve", cut(`Approve ${step.id}`));
    const rejection = fits(reject, `rejects ${step.id}`, "reject", "Reject", cut(`Reject ${step.id}`));
    return [approval, rejection].map((one) => ({ ...one, who, button: buttons ? one.button : null }));
  });
}

function answers(workflow: Workflow, execution: Execution): readonly Fitting[] {
  return waitingPersons(workflow, execution)
    .filter(({ waiting }) => waiting.produces === null || waiting.outputSchema !== null)
    .map(({ step, waiting }) => fits(readyAnswer(step.id, waiting.outputSchema), `answers ${step.id}`));
}

function skips(workflow: Workflow, execution: Execution): readonly Fitting[] {
  return waitingSteps(workflow, execution)
    .filter(({ waiting }) => waiting.for !== "approval")
    .map(({ step }) => fits(`/hishamos skip ${step.id}`, `goes on without ${step.id}`));
}

const cancel = fits("/hishamos cancel", "ends it", "cancel", "Cancel", "End this execution");
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
