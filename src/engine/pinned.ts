import type { WorkflowRef } from "../core/execution.ts";
import { formatProblem } from "../core/problem.ts";
import type { Workflow } from "../core/workflow.ts";
import { loadWorkflow } from "../definition/index.ts";
import type { DefinitionStore } from "./ports/store.ts";

const kept = 1_000;

/** The definitions that executions are pinned to: stored once by hash, parsed once per process. */
export class PinnedDefinitions {
  readonly #store: DefinitionStore;
  readonly #parsed = new Map<string, Workflow>();
  readonly #stored = new Map<string, Promise<void>>();

  constructor(store: DefinitionStore) {
    this.#store = store;
  }

  async pin(workflow: Workflow, text: string): Promise<void> {
    this.#remember(workflow);
    const { hash, path } = workflow;
    let stored = this.#stored.get(hash);
    if (!stored) {
      // All that start together wait for the same write; one that failed is tried again.
      stored = this.#store.put(hash, { path, text });
      this.#stored.set(hash, stored);
      stored.catch(() => this.#stored.delete(hash));
    }
    await stored;
  }

  async get({ hash, path }: WorkflowRef): Promise<Workflow> {
    const known = this.#parsed.get(keyOf({ hash, path }));
    if (known) return known;
    const stored = await this.#store.get(hash);
    if (!stored) throw new Error(`definition ${hash} of ${path} is not stored`);
    const loaded = loadWorkflow(stored.text, path);
    if (!("workflow" in loaded)) {
      const problems = loaded.problems.map(formatProblem).join("\n");
      throw new Error(`this version refuses definition ${hash} of ${path}:\n${problems}`);
    }
    this.#remember(loaded.workflow);
    return loaded.workflow;
  }

  #remember(workflow: Workflow): void {
    this.#parsed.set(keyOf(workflow), workflow);
    const [oldest] = this.#parsed.keys();
    if (this.#parsed.size > kept && oldest !== undefined) this.#parsed.delete(oldest);
  }
}

/** Two files may have the same text, and differ in the name that commands call them by. */
function keyOf({ hash, path }: { readonly hash: string; readonly path: string }): string {
  return `${hash} ${path}`;
}
