import type { Execution, Waiting } from "../../core/execution.ts";
import { waitingSteps } from "../pending.ts";
import type { CommandName } from "./parse.ts";

/** The execution that a command means, and what of its line is left; or why none can be told. */
export type Target =
  | { readonly execution: Execution; readonly rest: string }
  | { readonly none: true }
  | { readonly several: readonly Execution[] };

type Steered = Exclude<CommandName, "status" | "run" | "help">;

/** Those of the subject's executions (newest first) that could take the command now. */
export function takers(name: CommandName, executions: readonly Execution[]): readonly Execution[] {
  return executions.filter((execution, at) => {
    const unfinished = isUnfinished(execution);
    switch (name) {
      case "pause":
        return execution.state === "running";
      case "resume":
        return execution.state === "paused";
      case "cancel":
      case "skip":
        return unfinished;
      case "retry":
        // Only the last of a workflow's runs is taken up again.
        return !unfinished && executions.findIndex((other) => sameWorkflow(other, execution)) === at;
      case "approve":
      case "reject":
        return unfinished && waitsFor(execution, "approval");
      case "done":
        return unfinished && waitsFor(execution, "person");
      case "status":
      case "run":
      case "help":
        return true;
      default:
        return name satisfies never;
    }
  });
}

/**
 * `rest` may begin with a workflow's stem; a step's name in it tells too. Where none could take the command, the newest is
 * meant, so that the engine can say why not.
 */
export function findTarget(name: Steered, rest: string, executions: readonly Execution[]): Target {
  const [first = ""] = rest.split(/\s+/, 1);
  const named = executions.filter(({ workflow }) => workflow.stem === first);
  const left = named.length > 0 ? rest.slice(first.length).trim() : rest;
  const meant = named.length > 0 ? named : executions;
  const able = takers(name, meant);
  const [newest] = meant;
  if (newest === undefined) return { none: true };
  const candidates = narrowed(able.length > 0 ? able : [newest], left);
  const [chosen] = candidates;
  if (chosen === undefined || candidates.some((other) => !sameWorkflow(other, chosen))) {
    return { several: candidates };
  }
  return { execution: chosen, rest: left };
}

/** Those that have a step of the line's first or, after `from`, second word, where any has. */
function narrowed(candidates: readonly Execution[], rest: string): readonly Execution[] {
  const words = rest.split(/\s+/, 2);
  const step = (words[0] === "from" ? words[1] : words[0]) ?? "";
  const having = candidates.filter(({ steps }) => Object.hasOwn(steps, step));
  return having.length > 0 ? having : candidates;
}

export function isUnfinished({ state }: Execution): boolean {
  return state === "running" || state === "paused";
}

function waitsFor(execution: Execution, what: Waiting["for"]): boolean {
  return [...waitingSteps(execution).values()].some((waiting) => waiting.for === what);
}

function sameWorkflow(a: Execution, b: Execution): boolean {
  return a.workflow.path === b.workflow.path;
}
