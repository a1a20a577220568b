import { slotOf } from "./create.ts";
import { unknownStep } from "./decide.ts";
import { type Draft, note, putRecord, recordOf } from "./draft.ts";
import { advance } from "./enter.ts";
import type { Commanded } from "./event.ts";
import type { Execution } from "./execution.ts";
import type { Problem } from "./problem.ts";
import { reachable, successTarget } from "./reach.ts";
import { refuse } from "./refusal.ts";
import { headSha } from "./scope.ts";
import type { StepList } from "./workflow.ts";

/** Opens the next round of an ended execution, from the named step, or from where it failed or was cancelled. */
export function retry(draft: Draft, event: Commanded): { readonly problem: Problem } | null {
  const { execution, workflow } = draft;
  const list = workflow.steps;
  const from = event.step === null ? endedAt(execution, list) : [event.step];
  for (const id of from) if (!list.byId.has(id)) return unknownStep(draft, id);
  if (from.length === 0) {
    return refuse(
      "HOS308",
      `the execution is ${execution.state} and no step of it failed`,
      "Name a step: retry from STEP.",
    );
  }
  for (const id of from) {
    const approval = bypassed(draft, id, event.workflow?.hash ?? execution.workflow.hash);
    if (!approval) continue;
    const message = `the way to ${id} leads over the approval ${approval}, which was not given for this definition and these commits`;
    return refuse("HOS307", message, `Use retry from ${approval}.`);
  }
  note(draft, { by: event.by, what: "retry", step: from.join(", ") });
  execution.round += 1;
  execution.state = "running";
  execution.ending = null;
  execution.endedAt = null;
  execution.slot = slotOf(workflow, execution);
  execution.outputs = null;
  execution.deadline = workflow.limits.timeoutMs === null ? null : draft.at + workflow.limits.timeoutMs;
  if (event.workflow) execution.workflow = event.workflow;
  for (const id of from) {
    for (const path of [id, ...reachable(list, [id])]) {
      const record = recordOf(execution, path);
      if (record) putRecord(draft, path, { ...record, visits: 0, attempts: 0 });
    }
  }
  advance(
    draft,
    from.map((path) => ({ path, from: { step: path, visit: 0, via: "retry", error: null } })),
  );
  return null;
}

/** The steps that the last round stopped in: what failed, or what was cancelled while it ran. */
function endedAt(execution: Execution, list: StepList): readonly string[] {
  const failed = execution.ending?.error?.step;
  if (failed && list.byId.has(failed)) return [failed];
  return list.steps.flatMap(({ id }) => {
    const run = recordOf(execution, id)?.runs.at(-1);
    const cancelled = run?.state === "skipped" && run.reason === "cancelled" && run.round === execution.round;
    return cancelled ? [id] : [];
  });
}

/** An approval that lies before the step on some way to it and is not given for what would now be done. */
function bypassed(draft: Draft, target: string, hash: string): string | null {
  const { execution, workflow } = draft;
  const list = workflow.steps;
  const first = list.steps[0]?.id;
  if (first === undefined || first === target) return null;
  const before = new Set([first, ...reachable(list, [first], target)]);
  for (const step of list.steps) {
    if (step.kind.kind !== "approval" || step.id === target || !before.has(step.id)) continue;
    const granted = successTarget(list, step);
    const leadsOn = granted !== null && (granted === target || reachable(list, [granted]).has(target));
    if (!leadsOn) continue;
    const run = recordOf(execution, step.id)?.runs.at(-1);
    const bound = run?.state === "completed" ? run.boundTo : undefined;
    if (bound?.hash !== hash || bound.headSha !== headSha(execution)) return step.id;
  }
  return null;
}
