import type { Subject } from "../core/execution.ts";
import { type Expression, isTrue } from "../core/expression.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { type Role, roles, type Trigger } from "../core/workflow.ts";
import { matchesAny } from "./glob.ts";
import { labelNames, listAt, textAt } from "./payload.ts";

/** Who caused an event: a person, this App itself, another bot that is on the allowlist, or one that is not. */
export type Cause = "person" | "us" | "allowed bot" | "bot";

/** What a trigger is held against first: the event as it was delivered. */
export interface Occasion {
  readonly event: string;
  readonly action: string | null;
  readonly payload: JsonObject;
  readonly by: Cause;
}

/** And before a start: its subject as it is now. */
export interface Present {
  readonly subject: Subject | null;
  readonly state: "open" | "closed" | null;
  /** The sender's role; asked for only where a trigger names one. */
  readonly role: Role;
  /** Paths that the push or pull request changes; asked for only where a trigger names some. */
  readonly files: readonly string[];
  readonly root: (name: string) => Json | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Whether the event is one that the trigger names, by everything that the payload alone can tell. */
export function hears(trigger: Trigger, occasion: Occasion): boolean {
  const { event, action, payload, by } = occasion;
  if (trigger.event !== event) return false;
  if (by === "bot" || (by === "us" && !trigger.own)) return false;
  if (trigger.types.length > 0 && !(action !== null && trigger.types.includes(action))) return false;
  return labelled(trigger, occasion, payloadLabels(payload)) && onBranch(trigger, payload);
}

/** Null where it still holds now, else why not. */
export function stillHolds(trigger: Trigger, occasion: Occasion, present: Present): string | null {
  const { subject, state } = present;
  if (subject !== null) {
    const before =
      textAt(occasion.payload, "issue", "state") ?? textAt(occasion.payload, "pull_request", "state");
    if (before !== null && state !== before) return `#${subject.number} is ${state ?? "gone"} now`;
    if (!labelled(trigger, occasion, subject.labels)) return `#${subject.number} has lost the label`;
  }
  if (trigger.role !== null && roles.indexOf(present.role) < roles.indexOf(trigger.role)) {
    return `needs role ${trigger.role}`;
  }
  if (trigger.paths.length > 0 && !present.files.some((file) => matchesAny(file, trigger.paths))) {
    return "changes none of its paths";
  }
  return trigger.condition === null ? null : unmet(trigger.condition, present);
}

/** With `labeled` the event's label counts, and must still be there; else any of the subject's. */
function labelled(trigger: Trigger, { action, payload }: Occasion, labels: readonly string[]): boolean {
  if (trigger.labels.length === 0) return true;
  const wanted = new Set(trigger.labels.map(fold));
  const present = labels.map(fold);
  if (action !== "labeled" && action !== "unlabeled") return present.some((label) => wanted.has(label));
  const label = fold(textAt(payload, "label", "name") ?? "");
  return wanted.has(label) && present.includes(label) === (action === "labeled");
}

/** GitHub's label names ignore case. */
function fold(label: string): string {
  return label.toLowerCase();
}

function payloadLabels(payload: JsonObject): readonly string[] {
  return labelNames(
    ["issue", "pull_request", "discussion"].flatMap((kind) => listAt(payload, kind, "labels")),
  );
}

/** A pull request's or merge group's base, a push's or run's own branch, a release's target. */
function onBranch(trigger: Trigger, payload: JsonObject): boolean {
  if (trigger.branches.length === 0) return true;
  const branch =
    textAt(payload, "pull_request", "base", "ref") ??
    textAt(payload, "workflow_run", "head_branch") ??
    textAt(payload, "check_suite", "head_branch") ??
    textAt(payload, "check_run", "check_suite", "head_branch") ??
    inRef(textAt(payload, "merge_group", "base_ref")) ??
    inRef(textAt(payload, "ref")) ??
    textAt(payload, "release", "target_commitish");
  return branch !== null && matchesAny(branch, trigger.branches);
}

/** The branch of a ref, which some events write in full and some by its name; null for a tag. */
function inRef(ref: string | null): string | null {
  return /^(?:refs\/heads\/)?(?!refs\/)(.+)$/.exec(ref ?? "")?.[1] ?? null;
}

function unmet(condition: Expression, { root, now }: Present): string | null {
  const verdict = condition.evaluate({ root, now });
  if ("problem" in verdict) return `its condition can't be evaluated: ${verdict.problem.message}`;
  return isTrue(verdict.value) ? null : "its condition is false";
}
