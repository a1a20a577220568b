import type { Step, StepList } from "./workflow.ts";

/** The step that follows on success, or null at the end of a path. */
export function successTarget(list: StepList, step: Step): string | null {
  if (step.routes.on_success) return step.routes.on_success;
  return list.order === "list" ? (list.steps[list.steps.indexOf(step) + 1]?.id ?? null) : null;
}

/** All steps that can directly follow. */
function successors(list: StepList, step: Step): readonly string[] {
  const targets = [successTarget(list, step), ...Object.values(step.routes)];
  return targets.filter((target): target is string => target !== null);
}

/** Ids of the steps that can come after the given ones, on ways that do not pass `avoid`. */
export function reachable(
  list: StepList,
  from: readonly string[],
  avoid: string | null = null,
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = list.byId.get(id);
    if (!step) continue;
    for (const next of successors(list, step)) {
      if (next === avoid || found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

/** Ids of the steps that lie before the target on some way to it, whose success leads on to it. */
export function before(list: StepList, target: string): ReadonlySet<string> {
  const first = list.steps[0]?.id;
  if (list.order === "parallel" || first === undefined || first === target) return new Set();
  const reached = new Set([first, ...reachable(list, [first], target)]);
  const leads = list.steps.filter((step) => {
    const next = successTarget(list, step);
    return next !== null && (next === target || reachable(list, [next]).has(target));
  });
  return new Set(leads.filter(({ id }) => id !== target && reached.has(id)).map(({ id }) => id));
}
