import { createHash } from "node:crypto";
import type { Execution, Run, StepRecord } from "../core/execution.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { type BlobStore, blobReference, inlineLimit } from "./ports/store.ts";

/** What stands for a value now, or a promise of it where the store has to be asked. */
type Change = <T extends Json>(value: T) => T | Promise<T>;

/** What stands for a large value, and the executions that have it stored. */
interface Known {
  readonly stand: JsonObject;
  readonly owners: Set<string>;
}

/**
 * Stores large values apart, by hash, before the document that names them, and brings them back. Each execution has its
 * own, also of what its parent or child has: with it goes all that it names, and nothing that another names.
 */
export class LargeValues {
  readonly #blobs: BlobStore;
  /** Null for a value that stays where it is; values are never changed in place. */
  readonly #known = new WeakMap<object, Known | null>();

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** The document as it is to be stored. */
  async apart(execution: Execution): Promise<Execution> {
    return await mapped(execution, (value) => this.#reference(value, execution.id));
  }

  /** The document as it was before `apart`. */
  async together(execution: Execution): Promise<Execution> {
    return await mapped(execution, (value) => this.#resolve(value, execution.id));
  }

  /** The same for one value that goes to the execution `owner` another way, as a child's outputs in a message. */
  async valueApart(value: Json, owner: string): Promise<Json> {
    return await this.#reference(value, owner);
  }

  async valueTogether(value: Json, owner: string): Promise<Json> {
    return await this.#resolve(value, owner);
  }

  #reference<T extends Json>(value: T, owner: string): T | Promise<T> {
    if (typeof value !== "object" || value === null) return value;
    const known = this.#known.get(value);
    if (known === null) return value;
    // A reference is an object like any other in a document.
    if (known?.owners.has(owner)) return known.stand as Json as T;
    const text = JSON.stringify(value);
    if (text.length > inlineLimit) return this.#put(value, text, owner) as Promise<T>;
    this.#known.set(value, null);
    return value;
  }

  async #put(value: object, text: string, owner: string): Promise<Json> {
    const hash = createHash("sha256").update(text).digest("hex");
    await this.#blobs.put(hash, text, owner);
    const { stand, owners } = this.#known.get(value) ?? {
      stand: { [blobReference]: hash },
      owners: new Set(),
    };
    this.#known.set(value, { stand, owners: owners.add(owner) });
    return stand;
  }

  #resolve<T extends Json>(value: T, owner: string): T | Promise<T> {
    if (!isObject(value)) return value;
    const hash = value[blobReference];
    if (typeof hash !== "string" || Object.keys(value).length !== 1) return value;
    return this.#get(hash, value, owner) as Promise<T>;
  }

  async #get(hash: string, stand: JsonObject, owner: string): Promise<Json> {
    const stored = await this.#blobs.get(hash, owner);
    if (stored === null) throw new Error(`value ${hash} that execution ${owner} names is not stored`);
    const whole = JSON.parse(stored.text) as Json;
    if (typeof whole === "object" && whole !== null) {
      // What an older release stored for all becomes its own with the next save.
      this.#known.set(whole, { stand, owners: new Set(stored.owned ? [owner] : []) });
    }
    return whole;
  }
}

/** The document with its inputs and outputs changed; the same one where nothing changes. */
async function mapped(execution: Execution, change: Change): Promise<Execution> {
  let steps: Record<string, StepRecord> | null = null;
  for (const [path, record] of Object.entries(execution.steps)) {
    let runs: Run[] | null = null;
    for (const [index, run] of record.runs.entries()) {
      const changed = runMapped(run, change);
      const now = changed instanceof Promise ? await changed : changed;
      if (now === run) continue;
      runs ??= [...record.runs];
      runs[index] = now;
    }
    if (!runs) continue;
    steps ??= Object.assign(Object.create(null) as Record<string, StepRecord>, execution.steps);
    steps[path] = { ...record, runs };
  }
  const input = await change(execution.input);
  const outputs = await change(execution.outputs);
  if (!steps && input === execution.input && outputs === execution.outputs) return execution;
  return { ...execution, input, outputs, steps: steps ?? execution.steps };
}

/** Not a promise where none is needed: a save looks at every run, and nearly all of them are small. */
function runMapped(run: Run, change: Change): Run | Promise<Run> {
  const input = change(run.input);
  if (!("output" in run)) return input === run.input ? run : withInput(run, input);
  const output = change(run.output);
  if (input === run.input && output === run.output) return run;
  return withBoth(run, input, output);
}

async function withInput(run: Run, input: Json | Promise<Json>): Promise<Run> {
  return { ...run, input: await input };
}

async function withBoth(
  run: Extract<Run, { state: "completed" | "failed" }>,
  input: Json | Promise<Json>,
  output: Json | Promise<Json>,
): Promise<Run> {
  return { ...run, input: await input, output: await output };
}
