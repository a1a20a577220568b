import { bypassed } from "./bypass.ts";
import { unknownStep } from "./decide.ts";
import { type Draft, note, putRecord, recordOf } from "./draft.ts";
import { advance } from "./enter.ts";
import type { Commanded } from "./event.ts";
import type { Entry, Execution } from "./execution.ts";
import { groupOf } from "./group.ts";
import { heardEvents } from "./hears.ts";
import { isInside, topOf } from "./inside.ts";
import { allSteps, idOf, staticPath, stepAt } from "./locate.ts";
import type { Problem } from "./problem.ts";
import { reachable } from "./reach.ts";
import { refuse } from "./refusal.ts";
import { isInFinally } from "./scope.ts";
import type { Workflow } from "./workflow.ts";

type Refused = { readonly problem: Problem };

/**
 * Opens the next round of an ended execution, from the named step, or from where it failed or was cancelled. Inside a
 * group what is complete stays as it is: an item that was done is not done twice.
 */
export function retry(draft: Draft, event: Commanded): Refused | null {
  const { execution, workflow } = draft;
  const paths = event.step === null ? endedAt(execution, workflow) : pathsNamed(draft, event.step);
  if ("problem" in paths) return paths;
  const from = paths.filter((path) => !isInFinally(path));
  if (from.length === 0) {
    const what = paths.length > 0 ? "only what cleans up failed" : "no step of it failed";
    return refuse(
      "HOS308",
      `the execution is ${execution.state} and ${what}`,
      "Name a step: retry from STEP.",
    );
  }
  for (const path of from) {
    const approval = bypassed(draft, path, event.workflow?.hash ?? execution.workflow.hash);
    if (!approval) continue;
    const message = `the way to ${path} leads over the approval ${approval}, which was not given for this definition and these commits`;
    return refuse("HOS307", message, `Use retry from ${approval}.`);
  }
  note(draft, { by: event.by, what: "retry", step: from.join(", ") });
  openRound(draft, event);
  const list = workflow.steps;
  const tops = [...new Set(from.map(topOf))];
  for (const path of [...tops, ...reachable(list, tops)]) {
    const record = recordOf(execution, path);
    if (record) putRecord(draft, path, { ...record, visits: 0, attempts: 0 });
  }
  advance(
    draft,
    tops.map((path): Entry => {
      const inside = from.filter((each) => isInside(each, path));
      const whole = event.step !== null && inside.length === 0;
      const arrival = { step: path, visit: 0, via: "retry", error: null } as const;
      return { path, from: arrival, ...(whole ? {} : { resume: event.step === null ? [] : inside }) };
    }),
  );
  return null;
}

function openRound(draft: Draft, event: Commanded): void {
  const { execution, workflow, at } = draft;
  const { subject } = execution;
  if (subject && event.files) execution.subject = { ...subject, files: event.files };
  execution.round += 1;
  execution.state = "running";
  execution.ending = null;
  execution.endedAt = null;
  const group = groupOf(workflow, execution, at);
  execution.slot = typeof group === "string" ? group : null;
  execution.outputs = null;
  execution.deadline = workflow.limits.timeoutMs === null ? null : at + workflow.limits.timeoutMs;
  if (!event.workflow) return;
  execution.workflow = event.workflow;
  execution.hears = heardEvents(workflow);
  if (event.commands) execution.commands = event.commands;
}

/** The steps that the last round stopped in: what failed, or what was cancelled while it ran. */
function endedAt(execution: Execution, workflow: Workflow): readonly string[] {
  const failed = execution.ending?.error?.step;
  if (failed && stepAt(workflow, failed)) return [failed];
  return workflow.steps.steps.flatMap(({ id }) => {
    const run = recordOf(execution, id)?.runs.at(-1);
    const cancelled = run?.state === "skipped" && run.reason === "cancelled" && run.round === execution.round;
    return cancelled ? [id] : [];
  });
}

/** A path as it is; or the one path that ends in this id. */
function pathsNamed(draft: Draft, name: string): readonly string[] | Refused {
  const { workflow, execution } = draft;
  if (stepAt(workflow, name)) return [name];
  const known = [...allSteps(workflow).keys()].filter((path) => idOf(path) === name);
  const [only, second] = known;
  if (only === undefined) return unknownStep(draft, name);
  if (second !== undefined)
    return refuse("HOS302", `several steps are called ${name}: ${known.join(", ")}`, "Give the whole path.");
  // A step of items or iterations was entered under paths of its own.
  const entered = Object.keys(execution.steps).filter(
    (path) => !path.endsWith("]") && staticPath(path) === only,
  );
  return entered.length > 0 ? entered : [only];
}
