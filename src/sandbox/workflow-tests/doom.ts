import type { Execution } from "../../core/execution.ts";
import type { Doom } from "../life.ts";

/**
 * The crashes of a case: once each of its steps is under way the process dies, as soon as it has changed something on
 * GitHub or is about to save what came of the step. So what the step did is done, and nothing of it is known.
 */
export class Crashes implements Doom {
  readonly #left: Set<string>;
  #next: string | null = null;

  constructor(steps: readonly string[]) {
    this.#left = new Set(steps);
  }

  /** Sees every save; `prefix` is the path under which the case knows the execution's steps. */
  see(prefix: string, { steps }: Execution): void {
    for (const [path, { runs }] of Object.entries(steps)) {
      const run = runs.at(-1);
      if (run?.state === "running" && this.#left.has(prefix + path)) this.#next = prefix + path;
    }
  }

  begins(at: string): "before" | "after" | null {
    if (this.#next === null) return null;
    const saves = at === "executions.save";
    if (!saves && !/^[A-Z]/.test(at)) return null;
    this.#left.delete(this.#next);
    this.#next = null;
    return saves ? "before" : "after";
  }

  /** Those in which it did not die, because they were never under way. */
  get unreached(): readonly string[] {
    return [...this.#left];
  }
}
