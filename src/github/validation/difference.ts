import { allSteps, staticPath } from "../../core/locate.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { Rehearsal, RehearsedVisit } from "../../engine/ports/index.ts";
import { code, neutralise } from "../neutralise.ts";

type Walked = Extract<Rehearsal, { result: "walked" }>;

/** One of the two definitions, and the way through it. */
export interface Way {
  readonly workflow: Workflow;
  readonly walked: Walked;
}

/** Where two ways part, in words; null where they are the same. */
export interface Difference {
  readonly before: string;
  readonly after: string;
  readonly because: string;
}

/** Steps shown before the first difference, and from it on. */
const shownBefore = 2;
const shownAfter = 8;

export function difference(before: Way, after: Way): Difference | null {
  const [was, is] = [before.walked.visits, after.walked.visits];
  let at = 0;
  while (at < was.length && at < is.length && isSame(was[at], is[at])) at += 1;
  const samePath = at === was.length && at === is.length;
  if (samePath && before.walked.state === after.walked.state) return null;
  return {
    before: wayText(before.walked, at),
    after: wayText(after.walked, at),
    because: samePath ? endReason(after.walked) : reasonAt(before, after, at),
  };
}

function isSame(a: RehearsedVisit | undefined, b: RehearsedVisit | undefined): boolean {
  return a !== undefined && b !== undefined && a.path === b.path && a.state === b.state;
}

/** A way in full, or what of it is around a place in it: `triage → assign (skipped) → …`, and how it ends. */
export function wayText({ visits, state }: Walked, at = 0): string {
  const from = Math.max(0, at - shownBefore);
  const shown = visits.slice(from, at + shownAfter).map(visitText);
  const counted: { readonly text: string; times: number }[] = [];
  for (const text of shown) {
    const last = counted.at(-1);
    if (last?.text === text) last.times += 1;
    else counted.push({ text, times: 1 });
  }
  const words = counted.map(({ text, times }) => (times === 1 ? text : `${text} ×${times}`));
  const rest = visits.length - from - shown.length;
  return [...(from > 0 ? ["…"] : []), ...words, ...(rest > 0 ? [`… ${rest} more`] : []), `*${state}*`].join(
    " → ",
  );
}

function visitText({ path, state }: RehearsedVisit): string {
  const name = code(staticPath(path));
  return state === "completed" ? name : `${name} (${state})`;
}

function reasonAt(before: Way, after: Way, at: number): string {
  const [was, is] = [before.walked.visits[at], after.walked.visits[at]];
  if (was && is && was.path === is.path) return otherOutcome(before, after, was, is);
  if (is && !hasStep(before.workflow, is.path)) return `${nameOf(is)} is new`;
  if (was && !hasStep(after.workflow, was.path)) return `${nameOf(was)} is gone`;
  const last = after.walked.visits[at - 1];
  if (!is) return last ? `it ends after ${nameOf(last)}` : "nothing is entered";
  const way = is.from?.via === undefined || is.from.via === "start" ? "" : ` (${is.from.via})`;
  if (!was) return `${last ? nameOf(last) : "the start"} is followed by ${nameOf(is)}${way}`;
  const source = is.from?.step ? code(is.from.step) : "the start";
  return `${source} leads to ${nameOf(is)}${way}, where it led to ${nameOf(was)}`;
}

function nameOf({ path }: RehearsedVisit): string {
  return code(staticPath(path));
}

function otherOutcome(before: Way, after: Way, was: RehearsedVisit, is: RehearsedVisit): string {
  const name = nameOf(is);
  const [old, now] = [conditionOf(before.workflow, was.path), conditionOf(after.workflow, is.path)];
  if (is.state === "skipped")
    return now === null ? `${name} is skipped` : `${name} is skipped: its condition ${code(now)} is not met`;
  if (was.state === "skipped") {
    if (now === null) return old === null ? `${name} is not skipped` : `${name} has no condition any more`;
    return `${name} is not skipped: its condition ${code(now)} is met`;
  }
  if (is.state === "failed") return `${name} fails: ${neutralise(is.error?.message ?? "", 300)}`;
  if (was.state === "failed") return `${name} does not fail`;
  return `${name} is ${is.state}, and was ${was.state}`;
}

function conditionOf(workflow: Workflow, path: string): string | null {
  return allSteps(workflow).get(staticPath(path))?.step.condition?.source ?? null;
}

function endReason({ state, error }: Walked): string {
  return `it ends ${state}${error === null ? "" : `: ${neutralise(error.message, 300)}`}`;
}

/** Also a step of a child workflow, below the one that runs it; no definition runs itself. */
function hasStep(workflow: Workflow, path: string): boolean {
  const name = staticPath(path);
  const steps = allSteps(workflow);
  if (steps.has(name)) return true;
  for (const { index } of name.matchAll(/\//g)) {
    const kind = steps.get(name.slice(0, index))?.step.kind;
    const child = kind?.kind === "workflow" ? workflow.children.get(kind.workflow) : undefined;
    if (child) return hasStep(child, name.slice(index + 1));
  }
  return false;
}
