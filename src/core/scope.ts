import { currentRun, type Draft, lastInScope } from "./draft.ts";
import type { Execution, LinkedPullRequest, Run, StepError } from "./execution.ts";
import type { Scope } from "./expression.ts";
import { type Json, type JsonObject, own } from "./json.ts";
import { finallyScope, stepAt } from "./locate.ts";

/** Root names that every expression of a workflow may use. */
export const rootNames = [
  "input",
  "steps",
  "event",
  "subject",
  "repo",
  "actor",
  "execution",
  "vars",
  "error",
  "self",
] as const;

type Roots = Readonly<Record<string, Json>>;

/** What the step at this path sees: the steps of the lists around it, the nearest first, and its loop variables. */
export function scopeAt({ workflow, execution, at }: Draft, path: string, extra: Roots = {}): Scope {
  const loops = path.includes("[") ? loopVariables(workflow, execution, path) : null;
  return scopeOf(execution, at, loops ? { ...loops, ...extra } : extra, path);
}

/** What an expression of this execution sees; `extra` adds or replaces roots, as `self` or a wait's `event`. */
export function scopeOf(execution: Execution, now: number, extra: Roots = {}, path = ""): Scope {
  let steps: JsonObject | undefined;
  return {
    now,
    root(name) {
      const given = own(extra, name);
      if (given !== undefined) return given;
      switch (name) {
        case "input":
          return execution.input;
        case "steps":
          steps ??= stepsRoot(execution, path);
          return steps;
        case "event":
          return execution.event;
        case "subject":
          return subjectRoot(execution);
        case "repo": {
          const { id, owner, name: repo } = execution.repository;
          return { id, owner, name: repo, full_name: `${owner}/${repo}` };
        }
        case "actor":
          return execution.actor;
        case "execution": {
          const { id, round, state, startedAt, ending } = execution;
          const workflow = execution.workflow.name;
          return { id, round, state, started_at: startedAt, workflow, ending: ending?.state ?? null };
        }
        case "vars":
          return execution.vars;
        case "error":
        case "self":
          return null;
        default:
          return undefined;
      }
    },
  };
}

/** The steps of every list around the path, by id; of two with the same id the one in the nearer list. */
function stepsRoot(execution: Execution, path: string): JsonObject {
  const scopes = scopesOf(path);
  const steps: Record<string, Json> = {};
  for (const scope of scopes) {
    for (const [each, record] of Object.entries(execution.steps)) {
      const id = scope === "" ? each : idIn(scope, each);
      if (id === null || id.includes("/") || id.endsWith("]")) continue;
      const run = lastInScope(record);
      // Entered in an earlier visit of its group only: in this one it has not run.
      if (run) define(steps, id, seenOf(run, record.visits));
    }
  }
  return steps;
}

function idIn(scope: string, path: string): string | null {
  return path.startsWith(scope) && path.charAt(scope.length) === "/" ? path.slice(scope.length + 1) : null;
}

/** What expressions see of a step, as `steps.triage`. */
function seenOf(run: Run, visits: number): Json {
  const failed = run.state === "failed";
  const output = failed || run.state === "completed" ? run.output : null;
  return { output, state: run.state, error: failed ? errorRoot(run.error) : null, visits };
}

/** A step may be called `__proto__` in a document from elsewhere: it is defined then, not assigned. */
function define(object: Record<string, Json>, key: string, value: Json): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
}

/** `a/b[2]/c` -> `""`, `a`, `a/b[2]`; within `finally` the workflow's own list first. */
function scopesOf(path: string): readonly string[] {
  const scopes = [""];
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    scopes.push(path.slice(0, slash));
  }
  return scopes;
}

/** The item and index of every for_each, and the index of every repeat, around the path. */
function loopVariables(workflow: Draft["workflow"], execution: Execution, path: string): Roots {
  const variables: Record<string, Json> = {};
  for (const { 0: bracket, 1: digits = "", index: open } of path.matchAll(/\[(\d*)\]/g)) {
    const whole = path.slice(0, open);
    const run = currentRun(execution, whole);
    const each = stepAt(workflow, whole + bracket)?.step.forEach;
    if (run?.state !== "running") continue;
    if (run.waiting?.for === "repeat") variables["index"] = run.waiting.iteration;
    if (!each || !Array.isArray(run.input)) continue;
    const index = Number(digits);
    variables["index"] = index;
    define(variables, each.as, (run.input as readonly Json[])[index] ?? null);
  }
  return variables;
}

export function errorRoot(error: StepError | null): Json {
  return error && { step: error.step, code: error.code, message: error.message };
}

function subjectRoot(execution: Execution): Json {
  const { subject } = execution;
  if (!subject) return null;
  const newest = newestPullRequest(execution);
  return {
    type: subject.type,
    number: subject.number,
    title: subject.title,
    author: subject.author,
    labels: subject.labels,
    url: subject.url,
    state: subject.state,
    head_sha: subject.head_sha ?? newest?.head_sha ?? null,
    is_fork: subject.is_fork,
    files: subject.files ?? null,
    pull_request: newest ? pullRequestRoot(newest) : null,
  };
}

export function pullRequestRoot(pull: LinkedPullRequest): JsonObject {
  return {
    number: pull.number,
    url: pull.url,
    branch: pull.branch,
    head_sha: pull.head_sha,
    state: pull.state,
  };
}

/** The linked pull request that `pulls.*` and reviews mean: the newest one. */
export function newestPullRequest(execution: Execution): LinkedPullRequest | null {
  return execution.linked.at(-1) ?? null;
}

/** Head commit that decisions are bound to, or null where there is no pull request. */
export function headSha(execution: Execution): string | null {
  return newestPullRequest(execution)?.head_sha ?? execution.subject?.head_sha ?? null;
}

/** Whether the path is one of `finally`. */
export function isInFinally(path: string): boolean {
  return path.startsWith(`${finallyScope}/`);
}
