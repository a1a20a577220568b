import type { Execution } from "../../core/execution.ts";
import type { Doom } from "../life.ts";

/**
 * The crashes of a case: once each of its steps is under way the process dies, as soon as it has changed something on
 * GitHub or is about to save what came of the step. So what the step did is done, and nothing of it is known.
 */
export class Crashes implements Doom {
  readonly #left: Set<string>;
  /** Under way, of those that are left: one death is in the work of all of them. */
  readonly #underWay = new Set<string>();

  constructor(steps: readonly string[]) {
    this.#left = new Set(steps);
  }

  /** Sees every save, and what is stored at a start; `prefix` is the path under which the case knows the execution's steps. */
  see(prefix: string, { steps }: Execution): void {
    for (const [path, { runs }] of Object.entries(steps)) {
      const run = runs.at(-1);
      if (run?.state === "running" && this.#left.has(prefix + path)) this.#underWay.add(prefix + path);
    }
  }

  begins(at: string): "before" | "after" | null {
    if (this.#underWay.size === 0) return null;
    const saves = at === "executions.save";
    // What the App does beside its work, as asking for webhooks again, is nothing of the step's.
    if (!saves && !/^[A-Z]+ \/repos\//.test(at)) return null;
    for (const path of this.#underWay) this.#left.delete(path);
    this.#underWay.clear();
    return saves ? "before" : "after";
  }

  /** Those in which it did not die, because they were never under way. */
  get unreached(): readonly string[] {
    return [...this.#left];
  }
}
