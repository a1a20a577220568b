import type { WorkflowRef } from "../core/execution.ts";
import { formatProblem } from "../core/problem.ts";
import type { Workflow } from "../core/workflow.ts";
import { loadWorkflow } from "../definition/index.ts";
import type { DefinitionStore, StoredDefinition } from "./ports/store.ts";

const kept = 1_000;
/** How long a start relies on what was stored; far below the day for which retention leaves it alone. */
const reliedMs = 3_600_000;
const noFiles: ReadonlyMap<string, string> = new Map();

/**
 * The definitions that executions are pinned to, each with all that it needs: stored once by hash, parsed once per
 * process. A child is pinned by the hash of the definition that runs it, and by its own path.
 */
export class PinnedDefinitions {
  readonly #store: DefinitionStore;
  readonly #parsed = new Map<string, Workflow>();
  /** By hash alone: what brings its children with it. */
  readonly #roots = new Map<string, Workflow>();
  readonly #stored = new Map<string, { readonly at: number; readonly done: Promise<void> }>();
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(store: DefinitionStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async pin(workflow: Workflow, text: string, files = noFiles): Promise<void> {
    const { hash, path } = workflow;
    remember(this.#parsed, keyOf(workflow), workflow);
    remember(this.#roots, hash, workflow);
    const at = this.#now();
    let stored = this.#stored.get(hash);
    if (!stored || at - stored.at >= reliedMs) {
      const bundle = files.size === 0 ? { path, text } : { path, text, files: Object.fromEntries(files) };
      // All that start together wait for the same write; one that failed is tried again.
      stored = { at, done: this.#store.put(hash, bundle, at) };
      this.#stored.set(hash, stored);
      stored.done.catch(() => this.#stored.delete(hash));
    }
    await stored.done;
  }

  async get({ hash, path }: WorkflowRef): Promise<Workflow> {
    const known = this.#parsed.get(keyOf({ hash, path }));
    if (known) return known;
    const root = this.#roots.get(hash);
    const workflow = (root && descendant(root, path)) ?? (await this.#read(hash, path));
    const pinned = workflow.hash === hash ? workflow : { ...workflow, hash };
    remember(this.#parsed, keyOf(pinned), pinned);
    return pinned;
  }

  async #read(hash: string, path: string): Promise<Workflow> {
    const stored = await this.#store.get(hash);
    if (!stored) throw new Error(`definition ${hash} of ${path} is not stored`);
    const root = load(stored, stored.path, hash);
    remember(this.#roots, hash, root);
    if (path === root.path) return root;
    // Two files may have the same text, and be stored under the path of the one that came first.
    return descendant(root, path) ?? load(stored, path, hash);
  }
}

function remember(known: Map<string, Workflow>, key: string, workflow: Workflow): void {
  known.set(key, workflow);
  const [oldest] = known.keys();
  if (known.size > kept && oldest !== undefined) known.delete(oldest);
}

function load({ text, files = {} }: StoredDefinition, path: string, hash: string): Workflow {
  const around = new Map(Object.entries(files));
  const loaded = loadWorkflow(text, path, { files: around, hash: () => hash, pinned: true });
  if ("workflow" in loaded) return loaded.workflow;
  const problems = loaded.problems.map(formatProblem).join("\n");
  throw new Error(`this version refuses definition ${hash} of ${path}:\n${problems}`);
}

/** The child of this path, or a child's child; recursion is a problem of the definition, so this comes to an end. */
function descendant({ children }: Workflow, path: string): Workflow | null {
  for (const child of children.values()) {
    const found = child.path === path ? child : descendant(child, path);
    if (found) return found;
  }
  return null;
}

/** Two files may have the same text, and differ in the name that commands call them by. */
function keyOf({ hash, path }: { readonly hash: string; readonly path: string }): string {
  return `${hash} ${path}`;
}
