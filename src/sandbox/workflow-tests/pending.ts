import type { Execution, Run, Waiting } from "../../core/execution.ts";
import { isTerminal } from "../../core/index.ts";
import { own } from "../../core/json.ts";
import { stepAt } from "../../core/locate.ts";
import type { Workflow } from "../../core/workflow.ts";

/** A step that waits. */
export interface Pending {
  /** As answers name it, as `checks/qa/test` for a step of the workflow that `checks/qa` runs. */
  readonly path: string;
  /** As `a person (qa-agent)`. */
  readonly whom: string;
}

interface Known {
  readonly prefix: string;
  readonly workflow: Workflow;
  readonly execution: Execution;
}

/** Knows from save to save what the executions of a play wait for, and what they did when the time was over. */
export class Waits {
  readonly #known = new Map<string, Known>();
  #atTimeout: readonly Pending[] = [];

  /** `prefix`: the path under which the test knows the execution's steps, as `qa/`. */
  see(prefix: string, before: Execution | null, execution: Execution, workflow: Workflow): void {
    if (before) {
      const late = outOfTime(before, execution).map((path) => `${prefix}${path}`);
      // A parent's end is saved before its children are cancelled.
      if (late.length > 0)
        this.#atTimeout = this.now.filter(({ path }) => late.some((top) => isIn(path, top)));
    }
    this.#known.set(execution.id, { prefix, workflow, execution });
  }

  /** What waits now. */
  get now(): readonly Pending[] {
    return [...this.#known.values()].flatMap((known) => this.#of(known));
  }

  /** What waited when a step, or the whole, had taken too long: the last time that one did. */
  get atTimeout(): readonly Pending[] {
    return this.#atTimeout;
  }

  #of({ prefix, workflow, execution }: Known): readonly Pending[] {
    if (isTerminal(execution.state)) return [];
    return Object.entries(execution.steps).flatMap(([path, { runs }]) => {
      const waiting = waitingOf(runs.at(-1));
      if (waiting === null || waiting.for === "steps" || waiting.for === "repeat") return [];
      // Its own steps say more.
      if (waiting.for === "child" && this.#known.has(waiting.execution)) return [];
      return [{ path: prefix + path, whom: whomOf(waiting, path, workflow) }];
    });
  }
}

function waitingOf(run: Run | undefined): Waiting | null {
  return run?.state === "running" ? run.waiting : null;
}

/** The paths of the steps that ran out of time by this save; the empty one for the whole. */
function outOfTime(before: Execution, after: Execution): readonly string[] {
  if (before.ending === null && after.ending?.error?.code === "timeout" && after.ending.error.step === "")
    return [""];
  const late = Object.entries(after.steps).flatMap(([path, { runs }]) => {
    const run = runs.at(-1);
    if (run?.state !== "failed" || run.error.code !== "timeout") return [];
    return own(before.steps, path)?.runs.at(-1)?.state === "running" ? [path] : [];
  });
  // The groups around a step fail with it.
  return late.filter((path) => !late.some((other) => other !== path && isIn(other, path)));
}

function isIn(path: string, around: string): boolean {
  return around === "" || around.endsWith("/")
    ? path.startsWith(around)
    : path === around || path.startsWith(`${around}/`) || path.startsWith(`${around}[`);
}

function whomOf(waiting: Waiting, path: string, workflow: Workflow): string {
  switch (waiting.for) {
    case "person":
      return `a person (${waiting.agent})`;
    case "approval": {
      const kind = stepAt(workflow, path)?.step.kind;
      return `an approval${kind?.kind === "approval" ? ` (${kind.from.join(", ")})` : ""}`;
    }
    case "event":
      return `an event (${waiting.events.join(", ")})`;
    case "checks":
      return `checks (${typeof waiting.which === "string" ? waiting.which : waiting.which.join(", ")})`;
    case "pull_request":
      return `the pull request (${waiting.state})`;
    case "run":
      return "a run of GitHub Actions";
    case "child":
      return "its workflow";
    case "retry":
      return "its next attempt";
    case "delay":
      return "its time";
    case "steps":
    case "repeat":
      return "the steps in it";
    default:
      return waiting satisfies never;
  }
}
