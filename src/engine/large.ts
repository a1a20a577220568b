import { createHash } from "node:crypto";
import type { Execution, Run, StepRecord } from "../core/execution.ts";
import { isObject, type Json } from "../core/json.ts";
import type { BlobStore } from "./ports/store.ts";

/** Characters of JSON above which a step's input or output is stored apart from the document. */
const inlineLimit = 65_536;
const reference = "$blob";

/** Stores large values apart, by hash, before the document that names them, and brings them back. */
export class LargeValues {
  readonly #blobs: BlobStore;
  /** The reference that stands for a value, or null for one that stays; values are never changed in place. */
  readonly #known = new WeakMap<object, Json | null>();

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** The document as it is to be stored. */
  async apart(execution: Execution): Promise<Execution> {
    return await this.#map(execution, async (value) => await this.#reference(value));
  }

  /** The document as it was before `apart`. */
  async together(execution: Execution): Promise<Execution> {
    return await this.#map(execution, async (value) => await this.#resolve(value));
  }

  async #map(execution: Execution, change: (value: Json) => Promise<Json>): Promise<Execution> {
    let steps: Record<string, StepRecord> | null = null;
    for (const [path, record] of Object.entries(execution.steps)) {
      const runs: Run[] = [];
      for (const run of record.runs) {
        const input = isLargeKind(run.input) ? await change(run.input) : run.input;
        const output = "output" in run && isLargeKind(run.output) ? await change(run.output) : null;
        const same = input === run.input && (!("output" in run) || output === null || output === run.output);
        runs.push(
          same ? run : { ...run, input, ...("output" in run ? { output: output ?? run.output } : {}) },
        );
      }
      if (runs.some((run, i) => run !== record.runs[i])) {
        steps ??= Object.assign(Object.create(null) as Record<string, StepRecord>, execution.steps);
        steps[path] = { ...record, runs };
      }
    }
    return steps ? { ...execution, steps } : execution;
  }

  async #reference(value: Json): Promise<Json> {
    if (typeof value !== "object" || value === null) return value;
    const known = this.#known.get(value);
    if (known !== undefined) return known ?? value;
    const text = JSON.stringify(value);
    if (text.length <= inlineLimit) {
      this.#known.set(value, null);
      return value;
    }
    const hash = createHash("sha256").update(text).digest("hex");
    await this.#blobs.put(hash, text);
    const stand = { [reference]: hash };
    this.#known.set(value, stand);
    return stand;
  }

  async #resolve(value: Json): Promise<Json> {
    if (!isObject(value)) return value;
    const hash = value[reference];
    if (typeof hash !== "string" || Object.keys(value).length !== 1) return value;
    const text = await this.#blobs.get(hash);
    if (text === null) throw new Error(`value ${hash} that the execution names is not stored`);
    const whole = JSON.parse(text) as Json;
    if (typeof whole === "object" && whole !== null) this.#known.set(whole, value);
    return whole;
  }
}

function isLargeKind(value: Json): boolean {
  return typeof value === "object" && value !== null;
}
