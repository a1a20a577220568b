import { type Draft, recordOf } from "./draft.ts";
import { isInside } from "./inside.ts";
import { inScope, stepAt } from "./locate.ts";
import { before } from "./reach.ts";
import { headSha } from "./scope.ts";

/**
 * An approval that a retry at this path would go around: one that lies before it on some way, or is kept as complete in
 * a group around it, and was not given for this definition and the commits that are the head now.
 */
export function bypassed(draft: Draft, target: string, hash: string): string | null {
  const { workflow } = draft;
  for (let path = target; path !== ""; ) {
    const at = stepAt(workflow, path);
    if (!at) return null;
    if (at.part === "whole") {
      for (const id of before(at.list, at.step.id)) {
        const missing = ungiven(draft, inScope(at.scope, id), hash);
        if (missing !== null) return missing;
      }
    }
    path = at.scope;
  }
  return keptUngiven(draft, target, hash);
}

/** The step, or the first step inside it, that is an approval and is not given. */
function ungiven(draft: Draft, path: string, hash: string): string | null {
  const step = stepAt(draft.workflow, path)?.step;
  if (step?.kind.kind === "approval" && step.forEach === null && step.repeat === null) {
    return isGiven(draft, path, hash) ? null : path;
  }
  const inside = Object.keys(draft.execution.steps).filter((each) => isInside(each, path));
  return inside.find((each) => isApproval(draft, each) && !isGiven(draft, each, hash)) ?? null;
}

/** Of the groups around the target: an approval there that counts as complete, for other commits or another text. */
function keptUngiven(draft: Draft, target: string, hash: string): string | null {
  const [top = target] = target.split(/[/[]/, 1);
  const kept = Object.keys(draft.execution.steps).filter(
    (path) => isInside(path, top) && !isInside(path, target) && path !== target && isApproval(draft, path),
  );
  return (
    kept.find(
      (path) =>
        recordOf(draft.execution, path)?.runs.at(-1)?.state === "completed" && !isGiven(draft, path, hash),
    ) ?? null
  );
}

function isApproval({ workflow }: Draft, path: string): boolean {
  const at = stepAt(workflow, path);
  const loop = at?.part === "whole" && (at.step.forEach !== null || at.step.repeat !== null);
  return at?.step.kind.kind === "approval" && !loop;
}

function isGiven({ execution }: Draft, path: string, hash: string): boolean {
  const run = recordOf(execution, path)?.runs.at(-1);
  const bound = run?.state === "completed" ? run.boundTo : undefined;
  return bound?.hash === hash && bound.headSha === headSha(execution);
}
