import { type AtWork, atWork, type Draft, note, putRun, reasonOf } from "./draft.ts";
import { goOn } from "./enter.ts";
import type { Decided } from "./event.ts";
import type { Decision, RunningRun, Waiting } from "./execution.ts";
import { allSteps, idOf, type Located, staticPath } from "./locate.ts";
import type { Problem } from "./problem.ts";
import { refuse } from "./refusal.ts";
import { newestPullRequest, pullRequestRoot } from "./scope.ts";
import { type Failure, fail, succeed } from "./settle.ts";

type Refused = { readonly problem: Problem } | null;
type WaitingFor<W extends Waiting["for"]> = RunningRun & { readonly waiting: Extract<Waiting, { for: W }> };

/** A person's decision or answer; whether they may give it was asked before it got here. */
export function takeDecision(draft: Draft, event: Decided): Refused {
  const wanted = event.decision === "done" || event.decision === "fail" ? "person" : "approval";
  const found = theStep(draft, event.step, wanted);
  if ("problem" in found) return found;
  const { at, run } = found;
  note(draft, { by: event.by, what: event.decision, step: at.path, ...reasonOf(event) });
  switch (event.decision) {
    case "done":
      answer(draft, at, run as WaitingFor<"person">, event);
      break;
    case "fail":
      fail(draft, at, run, declined(event));
      break;
    case "approve": {
      const refused = approve(draft, at, run as WaitingFor<"approval">, event);
      if (refused) return refused;
      break;
    }
    case "reject": {
      const refused = stale(run as WaitingFor<"approval">, event);
      if (refused) return refused;
      const message = event.reason ?? `${event.by} rejected it`;
      const output = { approved: false, by: [event.by], at: draft.at, reason: event.reason };
      fail(draft, at, run, { code: "rejected", message, class: "error" }, output);
      break;
    }
  }
  goOn(draft, at);
  return null;
}

function approve(draft: Draft, at: Located, run: WaitingFor<"approval">, event: Decided): Refused {
  const refused = stale(run, event);
  const { kind } = at.step;
  if (refused || kind.kind !== "approval") return refused;
  const decision: Decision = { by: event.by, at: draft.at, reason: event.reason };
  // One person is one approval, however often they say it.
  const approvals = [...run.waiting.approvals.filter(({ by }) => by !== event.by), decision];
  if (approvals.length < kind.count) {
    putRun(draft, at.path, { ...run, waiting: { ...run.waiting, approvals } });
    return null;
  }
  const by = approvals.map((approval) => approval.by);
  const output = { approved: true, by, at: draft.at, reason: event.reason };
  const boundTo = { hash: draft.execution.workflow.hash, headSha: run.waiting.headSha };
  succeed(draft, at, run, output, boundTo);
  return null;
}

function stale(run: WaitingFor<"approval">, event: Decided): Refused {
  if (event.asking === null || event.asking === run.waiting.asking) return null;
  return refuse("HOS303", "this was asked again since, for newer commits", "Decide on the latest question.");
}

function answer(draft: Draft, at: Located, run: WaitingFor<"person">, event: Decided): void {
  const pull = run.waiting.produces === "pull_request" ? newestPullRequest(draft.execution) : null;
  const output = pull ? { pull_request: pullRequestRoot(pull), ...event.values } : event.values;
  succeed(draft, at, run, output);
}

/** A person's "that can't be done" is an answer: nobody is asked again for it. */
function declined({ by, reason }: Decided): Failure {
  const message = `${by} says that it can't be done${reason === null ? "" : `: ${reason}`}`;
  return { code: "declined", message, class: "error" };
}

function theStep(
  draft: Draft,
  name: string | null,
  wanted: "approval" | "person",
): AtWork | { readonly problem: Problem } {
  const what = wanted === "approval" ? "an approval" : "an answer";
  const waiting = waitingFor(draft, wanted);
  const names = waiting.map(({ at }) => at.path).join(", ");
  const [first, second] = name === null ? waiting : named(waiting, name);
  if (first && !second) return first;
  if (second) return refuse("HOS302", `several steps wait for ${what}: ${names}`, "Name the one you mean.");
  if (name === null) return refuse("HOS301", `no step waits for ${what} now`);
  if (!isStep(draft, name)) return unknownStep(draft, name);
  const [approval] = wanted === "person" ? named(waitingFor(draft, "approval"), name) : [];
  if (approval) return isApproval(approval.at.path);
  return refuse(
    "HOS301",
    `step ${name} does not wait for ${what} now`,
    names ? `These do: ${names}.` : undefined,
  );
}

function waitingFor(draft: Draft, wanted: Waiting["for"]): readonly AtWork[] {
  return atWork(draft).filter(({ run }) => run.waiting?.for === wanted);
}

/** Only approve and reject speak of an approval. */
export function isApproval(path: string): { readonly problem: Problem } {
  const message = `${path} is an approval, which is given or refused, and nothing else`;
  return refuse("HOS306", message, "Use approve or reject.");
}

/** Those that a person means by a path, or by the bare id of a step. */
export function named(found: readonly AtWork[], name: string): readonly AtWork[] {
  const exact = found.filter(({ at }) => at.path === name);
  if (exact.length > 0) return exact;
  return found.filter(({ at }) => staticPath(at.path) === name || idOf(at.path) === name);
}

export function isStep({ workflow }: Draft, name: string): boolean {
  return [...allSteps(workflow).keys()].some((path) => path === staticPath(name) || idOf(path) === name);
}

export function unknownStep({ workflow }: Draft, name: string): { readonly problem: Problem } {
  const names = [...allSteps(workflow).keys()].join(", ");
  return refuse("HOS305", `the workflow has no step ${name}`, `Its steps: ${names}.`);
}
