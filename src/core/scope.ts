import type { Execution, LinkedPullRequest, Run, StepError } from "./execution.ts";
import type { Scope } from "./expression.ts";
import { type Json, type JsonObject, own } from "./json.ts";

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

/** What an expression of this execution sees; `extra` adds or replaces roots, as `self` or a wait's `event`. */
export function scopeOf(
  execution: Execution,
  now: number,
  extra: Readonly<Record<string, Json>> = {},
): Scope {
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
          steps ??= stepsRoot(execution);
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
          const { id, round, state, startedAt } = execution;
          return { id, round, state, started_at: startedAt, workflow: execution.workflow.name };
        }
        case "vars":
          return {};
        case "error":
        case "self":
          return null;
        default:
          return undefined;
      }
    },
  };
}

function stepsRoot(execution: Execution): JsonObject {
  const entries = Object.entries(execution.steps).map(([path, record]): [string, Json] => {
    const run = record.runs.at(-1);
    return [
      path,
      {
        output: run ? outputOf(run) : null,
        state: run?.state ?? "pending",
        error: run?.state === "failed" ? errorRoot(run.error) : null,
        visits: record.visits,
      },
    ];
  });
  return Object.fromEntries(entries);
}

function outputOf(run: Run): Json {
  return run.state === "completed" || run.state === "failed" ? run.output : null;
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
    head_sha: subject.head_sha ?? newest?.head_sha ?? null,
    is_fork: subject.is_fork,
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
