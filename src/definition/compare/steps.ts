import type { Json } from "../../core/json.ts";
import { innerList, inScope } from "../../core/locate.ts";
import { unreachable } from "../../core/problem.ts";
import type { Step, StepKind, StepList, Workflow } from "../../core/workflow.ts";
import { type Change, changedFacts, type Facts, factsOf, namesOf, written } from "./change.ts";
import { deciderAdded, hasMore, safeOutputsWidened } from "./loosened.ts";

/** The steps added, removed and changed, by their paths (`checks/lint`, `finally/notify`), and lists put in another order. */
export function compareSteps(before: Workflow | null, after: Workflow): readonly Change[] {
  return [
    ...compareLists(before?.steps ?? null, after.steps, ""),
    ...compareLists(before?.finally ?? null, after.finally, "finally"),
  ];
}

function compareLists(before: StepList | null, after: StepList | null, scope: string): readonly Change[] {
  const names = namesOf(before?.byId.keys() ?? [], after?.byId.keys() ?? []);
  const changes = names.flatMap((id) => {
    const path = inScope(scope, id);
    const [was = null, is = null] = [before?.byId.get(id), after?.byId.get(id)];
    return [...compareStep(path, was, is), ...compareLists(inner(was), inner(is), path)];
  });
  return [...changes, ...reordered(before, after, scope)];
}

function inner(step: Step | null): StepList | null {
  return step && innerList(step);
}

function compareStep(path: string, before: Step | null, after: Step | null): readonly Change[] {
  if (before === null || after === null) {
    const removed = before !== null && before.kind.kind === "approval";
    const reads = after !== null && after.secrets.length > 0;
    const does = after !== null && after.safeOutputs.length > 0;
    const loosens = removed || reads || does;
    const [was, is] = [before && summary(before), after && summary(after)];
    return [{ part: "steps", name: path, before: was, after: is, loosens }];
  }
  return changedFacts({ part: "steps", name: path }, factsOfStep(before), factsOfStep(after), (key) =>
    stepLoosened(key, before, after),
  );
}

/** A list that runs in order, with the steps that both have in another one. */
function reordered(before: StepList | null, after: StepList | null, scope: string): readonly Change[] {
  if (before?.order !== "list" || after?.order !== "list") return [];
  const was = before.steps.map(({ id }) => id).filter((id) => after.byId.has(id));
  const is = after.steps.map(({ id }) => id).filter((id) => before.byId.has(id));
  if (was.join() === is.join()) return [];
  const name = inScope(scope, "order");
  return [{ part: "steps", name, before: was.join(" → "), after: is.join(" → "), loosens: false }];
}

function summary(step: Step): string {
  return Object.entries(kindFacts(step.kind))
    .flatMap(([key, value]) => (value == null ? [] : [`${key}: ${written(value)}`]))
    .join(", ");
}

type Entries = Readonly<Record<string, Json | undefined>>;

/** The kind's own key first: it is how a step is called in a word. */
function kindFacts(kind: StepKind): Entries {
  switch (kind.kind) {
    case "agent":
      return { agent: kind.agent };
    case "action":
      return { action: kind.action };
    case "workflow":
      return { workflow: kind.workflow };
    case "delay":
      return { delay: kind.duration.source ?? "" };
    case "approval":
      return {
        approval: kind.from.length === 0 ? "role:write" : kind.from,
        ...(kind.count === 1 ? {} : { count: kind.count }),
      };
    case "wait_for":
      return { wait_for: kind.events, match: kind.match?.source, since: kind.since?.source };
    case "wait_for_checks":
      return { "wait_for.checks": kind.checks };
    case "wait_for_pull_request":
      return { "wait_for.pull_request": kind.state };
    case "parallel":
      return { parallel: `join ${kind.join}` };
    case "steps":
      return { steps: "a group" };
    default:
      return unreachable(kind);
  }
}

function factsOfStep(step: Step): Facts {
  const { kind, retry, forEach, repeat, remind } = step;
  return new Map([
    ...factsOf(kindFacts(kind)),
    ...(kind.kind === "approval"
      ? factsOf({ by: kind.by, exclude: kind.exclude, message: kind.message?.source })
      : []),
    ...factsOfTree("inputs", step.inputs?.source),
    ...factsOf({
      condition: step.condition?.source,
      ...step.routes,
      retry: retry.maxAttempts === 1 ? null : JSON.stringify(retry),
      timeout: duration(step.timeoutMs),
      remind: remind && `every ${duration(remind.everyMs)}, ${remind.max} times`,
      max_visits: step.maxVisits,
      fail_if: step.failIf?.source,
      conclude: step.conclude,
      "for_each.in": forEach?.in.source,
      "for_each.as": forEach?.as,
      "for_each.max_parallel": forEach?.maxParallel,
      "for_each.fail_fast": forEach && String(forEach.failFast),
      "repeat.until": repeat?.until?.source,
      "repeat.every": repeat && duration(repeat.everyMs),
      "repeat.max": repeat?.max,
      subject: step.subject?.source,
      unique: step.unique?.source,
      secrets: step.secrets,
      safe_outputs: step.safeOutputs.map(({ type, max, allowed }) => ({ type, max, allowed })),
    }),
  ]);
}

/** Each key of a map of templates for itself, so that one changed input does not show all of them. */
export function factsOfTree(name: string, source: Json | undefined): Facts {
  const isMap = typeof source === "object" && source !== null && !Array.isArray(source);
  if (!isMap) return factsOf({ [name]: source });
  const entries = Object.entries(source as Readonly<Record<string, Json>>);
  // A value that is false or empty is one that is given.
  return new Map(entries.map(([key, value]) => [`${name}.${key}`, written(value)]));
}

function stepLoosened(key: string, before: Step, after: Step): boolean {
  const [was, is] = [before.kind, after.kind];
  const approvals = was.kind === "approval" && is.kind === "approval" ? { was, is } : null;
  switch (key) {
    case "approval":
      if (!approvals) return was.kind === "approval";
      return deciderAdded(orUsual(approvals.was.from), orUsual(approvals.is.from));
    case "count":
      return approvals !== null && approvals.is.count < approvals.was.count;
    case "exclude":
      return approvals !== null && hasMore(approvals.is.exclude, approvals.was.exclude);
    // An approval that may be passed over.
    case "condition":
      return is.kind === "approval" && before.condition === null;
    case "secrets":
      return hasMore(before.secrets, after.secrets);
    case "safe_outputs":
      return safeOutputsWidened(before.safeOutputs, after.safeOutputs);
    default:
      return false;
  }
}

function orUsual(from: readonly string[]): readonly string[] | null {
  return from.length === 0 ? null : from;
}

/** As definitions write it; null for none. */
export function duration(ms: number | null): string | null {
  if (ms === null || ms === 0) return null;
  for (const [unit, length] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
  ] as const) {
    if (ms % length === 0) return `${ms / length}${unit}`;
  }
  return `${ms}ms`;
}
