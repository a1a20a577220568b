import { currentRun, type Draft, note, putRun } from "./draft.ts";
import { goOn } from "./enter.ts";
import type { Decided } from "./event.ts";
import type { Decision, RunningRun, Waiting } from "./execution.ts";
import type { Problem } from "./problem.ts";
import { refuse } from "./refusal.ts";
import { newestPullRequest, pullRequestRoot } from "./scope.ts";
import { fail, succeed } from "./settle.ts";
import type { Step } from "./workflow.ts";

type Refused = { readonly problem: Problem } | null;
type WaitingFor<W extends Waiting["for"]> = RunningRun & { readonly waiting: Extract<Waiting, { for: W }> };

/** A person's decision or answer; whether they may give it was asked before it got here. */
export function takeDecision(draft: Draft, event: Decided): Refused {
  const wanted = event.decision === "done" ? "person" : "approval";
  const found = theStep(draft, event.step, wanted);
  if ("problem" in found) return found;
  const { step, run } = found;
  note(draft, { by: event.by, what: event.decision, step: step.id });
  switch (event.decision) {
    case "done":
      answer(draft, step, run as WaitingFor<"person">, event);
      break;
    case "approve": {
      const refused = approve(draft, step, run as WaitingFor<"approval">, event);
      if (refused) return refused;
      break;
    }
    case "reject": {
      const refused = stale(run as WaitingFor<"approval">, event);
      if (refused) return refused;
      const message = event.reason ?? `${event.by} rejected it`;
      const output = { approved: false, by: [event.by], at: draft.at, reason: event.reason };
      fail(draft, step, run, { code: "rejected", message, class: "error" }, output);
      break;
    }
  }
  goOn(draft, step);
  return null;
}

function approve(draft: Draft, step: Step, run: WaitingFor<"approval">, event: Decided): Refused {
  const refused = stale(run, event);
  if (refused || step.kind.kind !== "approval") return refused;
  const decision: Decision = { by: event.by, at: draft.at, reason: event.reason };
  // One person is one approval, however often they say it.
  const approvals = [...run.waiting.approvals.filter(({ by }) => by !== event.by), decision];
  if (approvals.length < step.kind.count) {
    putRun(draft, step.id, { ...run, waiting: { ...run.waiting, approvals } });
    return null;
  }
  const by = approvals.map((approval) => approval.by);
  const output = { approved: true, by, at: draft.at, reason: event.reason };
  const boundTo = { hash: draft.execution.workflow.hash, headSha: run.waiting.headSha };
  succeed(draft, step, run, output, boundTo);
  return null;
}

function stale(run: WaitingFor<"approval">, event: Decided): Refused {
  if (event.asking === null || event.asking === run.waiting.asking) return null;
  return refuse("HOS303", "this was asked again since, for newer commits", "Decide on the latest question.");
}

function answer(draft: Draft, step: Step, run: WaitingFor<"person">, event: Decided): void {
  const pull = run.waiting.produces === "pull_request" ? newestPullRequest(draft.execution) : null;
  const output = pull ? { pull_request: pullRequestRoot(pull), ...event.values } : event.values;
  succeed(draft, step, run, output);
}

function theStep(
  draft: Draft,
  id: string | null,
  wanted: "approval" | "person",
): { readonly step: Step; readonly run: RunningRun } | { readonly problem: Problem } {
  const what = wanted === "approval" ? "an approval" : "an answer";
  const waiting = draft.workflow.steps.steps.flatMap((step) => {
    const run = currentRun(draft.execution, step.id);
    return run?.state === "running" && run.waiting?.for === wanted ? [{ step, run }] : [];
  });
  const names = waiting.map(({ step }) => step.id).join(", ");
  const chosen = id === null ? waiting : waiting.filter(({ step }) => step.id === id);
  const [first, second] = chosen;
  if (first && !second) return first;
  if (second) return refuse("HOS302", `several steps wait for ${what}: ${names}`, "Name the one you mean.");
  if (id === null) return refuse("HOS301", `no step waits for ${what} now`);
  if (!draft.workflow.steps.byId.has(id)) return unknownStep(draft, id);
  return refuse(
    "HOS301",
    `step ${id} does not wait for ${what} now`,
    names ? `These do: ${names}.` : undefined,
  );
}

export function unknownStep(draft: Draft, id: string): { readonly problem: Problem } {
  const names = [...draft.workflow.steps.byId.keys()].join(", ");
  return refuse("HOS305", `the workflow has no step ${id}`, `Its steps: ${names}.`);
}
