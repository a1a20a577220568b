import type { Execution, Waiting } from "../../core/execution.ts";
import { idOf, staticPath } from "../../core/locate.ts";
import { isTerminal } from "../../core/tables.ts";
import type { CommandName } from "../../definition/index.ts";
import { waitingSteps } from "../pending.ts";

/** The execution that a command means, and what of its line is left; or why none can be told. */
export type Target =
  | { readonly execution: Execution; readonly rest: string }
  | { readonly none: true }
  | { readonly several: readonly Execution[] };

type Steered = Exclude<CommandName, "status" | "run" | "explain" | "help">;

/** What these do to the execution of a step's workflow comes down to it from the one above; so they mean that one. */
const forRoots: ReadonlySet<CommandName> = new Set(["pause", "resume", "cancel", "retry", "allow"]);

/** Those of the subject's executions (newest first) that could take the command now. */
export function takers(name: CommandName, executions: readonly Execution[]): readonly Execution[] {
  return executions.filter((execution, at) => {
    const unfinished = isUnfinished(execution);
    switch (name) {
      case "pause":
        return execution.state === "running";
      case "resume":
        return execution.state === "paused" && execution.held === null;
      case "allow":
        return unfinished && execution.held !== null;
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
      case "fail":
        return unfinished && waitsFor(execution, "person");
      case "status":
      case "run":
      case "explain":
      case "help":
        return true;
      default:
        return name satisfies never;
    }
  });
}

/**
 * `rest` may begin with a workflow's stem or an execution's id (its first eight digits or more); a step's name in it tells
 * too. Where none could take the command, the newest is meant, so that the engine can say why not.
 */
export function findTarget(name: Steered, rest: string, executions: readonly Execution[]): Target {
  const [first = ""] = rest.split(/\s+/, 1);
  const named = executions.filter((execution) => isCalled(execution, first));
  const left = named.length > 0 ? rest.slice(first.length).trim() : rest;
  const roots = forRoots.has(name) ? executions.filter(({ parent }) => parent === null) : [];
  const meant = named.length > 0 ? named : roots.length > 0 ? roots : executions;
  const able = takers(name, meant);
  const [newest] = meant;
  if (newest === undefined) return { none: true };
  const candidates = narrowed(name, able.length > 0 ? able : [newest], left);
  // One that is queued is meant only where nothing runs.
  const running = candidates.filter(({ wants }) => wants === null);
  const [chosen, ...others] = running.length > 0 ? running : candidates;
  if (chosen === undefined || others.some((other) => !sameWorkflow(other, chosen) || other.parent !== null)) {
    return { several: candidates };
  }
  return { execution: chosen, rest: left };
}

function isCalled({ id, workflow }: Execution, name: string): boolean {
  return workflow.stem === name || (/^[0-9a-f]{8,32}$/.test(name) && id.startsWith(name));
}

/** Those that have a step of the line's first or, after `from`, second word, where any has: at work rather than ended. */
function narrowed(name: Steered, candidates: readonly Execution[], rest: string): readonly Execution[] {
  const words = rest.split(/\s+/, 2);
  const step = (words[0] === "from" ? words[1] : words[0]) ?? "";
  const having = candidates.filter(({ steps }) => Object.keys(steps).some((path) => isMeant(path, step)));
  if (name === "retry" || having.length === 0) return having.length > 0 ? having : candidates;
  const atWork = having.filter(({ steps }) =>
    Object.entries(steps).some(([path, { runs }]) => isMeant(path, step) && runs.at(-1)?.state === "running"),
  );
  return atWork.length > 0 ? atWork : having;
}

/** A step is named by its path, with or without the items' numbers, or by its bare id. */
export function isMeant(path: string, name: string): boolean {
  return path === name || staticPath(path) === name || idOf(path) === name;
}

export function isUnfinished({ state }: Execution): boolean {
  return !isTerminal(state);
}

function waitsFor(execution: Execution, what: Waiting["for"]): boolean {
  return [...waitingSteps(execution).values()].some((waiting) => waiting.for === what);
}

function sameWorkflow(a: Execution, b: Execution): boolean {
  return a.workflow.path === b.workflow.path;
}
