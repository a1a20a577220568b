import type { RunRef } from "../core/event.ts";
import type { Execution } from "../core/execution.ts";
import { defers, dueTimers, type Event, owedEffects, runKey, transition } from "../core/index.ts";
import type { Workflow } from "../core/workflow.ts";
import { attempt } from "./attempt.ts";
import { Bell } from "./bell.ts";
import type { EngineParts } from "./parts.ts";
import { type Message, SlotTaken } from "./ports/store.ts";

export interface ActivationInput {
  readonly execution: Execution;
  /** True where it was read from the store: work it owes may have been begun by a process that is gone. */
  readonly recovered: boolean;
}

const keptConsumed = 20;

interface UnderWay {
  readonly abort: AbortController;
}

/** One execution in work: goes from step to step until it blocks or ends. It holds nothing that a crash could lose. */
export class Activation {
  readonly #parts: EngineParts;
  #workflow: Workflow;
  readonly #bell = new Bell();
  readonly #attempts = new Map<string, UnderWay>();
  #execution: Execution;
  #recovered: boolean;
  #results: Event[] = [];
  #unread: boolean;
  #stopping = false;
  #graceOver = false;

  constructor(parts: EngineParts, workflow: Workflow, { execution, recovered }: ActivationInput) {
    this.#parts = parts;
    this.#workflow = workflow;
    this.#execution = execution;
    this.#recovered = recovered;
    this.#unread = recovered;
  }

  /** There are messages to read. */
  poke(): void {
    this.#unread = true;
    this.#bell.ring();
  }

  /** True where a message came after the last look: the execution needs one more activation. */
  get unread(): boolean {
    return this.#unread;
  }

  /** Begin no more work; `graceOver`: leave even what is under way to the next process. */
  stop({ graceOver }: { readonly graceOver: boolean }): void {
    this.#stopping = true;
    this.#graceOver = graceOver;
    this.#bell.ring();
  }

  /** Resolves with the execution as saved last, or null where another holder has gone on with it. */
  async run(): Promise<Execution | null> {
    try {
      this.#perform();
      this.#recovered = false;
      for (;;) {
        const saved = await this.#round();
        if (!saved) return null;
        if (this.#graceOver) return this.#execution;
        if (this.#unread || this.#results.length > 0) continue;
        if (this.#attempts.size === 0) return this.#execution;
        await this.#wait();
      }
    } finally {
      for (const { abort } of this.#attempts.values()) abort.abort(new Error("left to another activation"));
    }
  }

  /** Takes in all that has happened, saves once, and brings what is under way in line with what is owed. */
  async #round(): Promise<boolean> {
    const { stores, clock, reporter, observer, timer } = this.#parts;
    const began = timer();
    const now = clock.now();
    const before = this.#execution;
    const messages = await this.#read();
    const taken: string[] = [];
    for (const message of messages ?? []) {
      const event: Event = { ...message.body, at: now };
      if (defers(this.#execution, event)) continue;
      await this.#takeMessage(event);
      taken.push(message.id);
    }
    for (const timerEvent of dueTimers(this.#execution, now)) this.#take(timerEvent);
    for (const result of this.#results.splice(0)) this.#take(result);
    if (this.#execution !== before) {
      const { consumed: all } = this.#execution;
      const consumed = messages ? forgetful(all, messages) : all;
      this.#execution = { ...this.#execution, revision: before.revision + 1, consumed };
      const saved = await this.#save();
      if (saved === "overtaken") return false;
      if (saved === "slot_taken") {
        // A retry that came after another start on the same subject: it is as if it had never been given.
        this.#execution = before;
        await stores.messages.remove(before.id, taken);
        return true;
      }
      observer?.saved(before, this.#execution, timer() - began);
      reporter.changed(this.#execution);
      this.#perform();
    }
    if (taken.length > 0) {
      await stores.messages.remove(this.#execution.id, taken);
    }
    return true;
  }

  async #save(): Promise<"saved" | "overtaken" | "slot_taken"> {
    const { stores, large, log } = this.#parts;
    try {
      const saved = await stores.executions.save(await large.apart(this.#execution));
      return saved ? "saved" : "overtaken";
    } catch (error) {
      if (!(error instanceof SlotTaken)) throw error;
      log.warn({ execution: this.#execution.id }, "not retried: another execution of its group is under way");
      return "slot_taken";
    }
  }

  async #read() {
    if (!this.#unread) return null;
    this.#unread = false;
    return await this.#parts.stores.messages.list(this.#execution.id);
  }

  /** A retry with the latest definition brings the definition it goes on with. */
  async #takeMessage(event: Event): Promise<void> {
    const latest = event.type === "commanded" ? event.workflow : undefined;
    const workflow = latest ? await this.#parts.pinned.get(latest) : this.#workflow;
    if (this.#take(event, workflow)) this.#workflow = workflow;
  }

  #take(event: Event, workflow = this.#workflow): boolean {
    const next = transition(workflow, this.#execution, event);
    if ("problem" in next) {
      const { id } = this.#execution;
      this.#parts.log.info({ execution: id, event: event.type, problem: next.problem }, "refused");
      return false;
    }
    this.#execution = next.execution;
    return true;
  }

  #perform(): void {
    const owed = new Map<string, RunRef>();
    for (const effect of owedEffects(this.#workflow, this.#execution)) {
      if (effect.type === "run_step") owed.set(runKey(effect.run), effect.run);
    }
    for (const [key, { abort }] of this.#attempts) {
      if (owed.has(key)) continue;
      abort.abort(new Error("the step was cancelled"));
      this.#attempts.delete(key);
    }
    if (this.#stopping) return;
    for (const [key, run] of owed) if (!this.#attempts.has(key)) this.#begin(key, run);
  }

  #begin(key: string, run: RunRef): void {
    const abort = new AbortController();
    this.#attempts.set(key, { abort });
    void this.#carryOut(key, run, abort.signal);
  }

  async #carryOut(key: string, run: RunRef, signal: AbortSignal): Promise<void> {
    const work = { workflow: this.#workflow, execution: this.#execution, run, recovered: this.#recovered };
    const result = await attempt(this.#parts, work, signal);
    // What was cancelled meanwhile is of no interest any more.
    if (!this.#attempts.delete(key)) return;
    this.#results.push(result);
    this.#bell.ring();
  }

  /** Until an attempt ends, a message comes, a timer of the execution is due, or the process is to stop. */
  async #wait(): Promise<void> {
    const { due } = this.#execution;
    const cancel = due === null ? () => {} : this.#parts.clock.at(due, () => this.#bell.ring());
    await this.#bell.heard();
    cancel();
  }
}

/**
 * The consumed ids without those whose rows are gone, except the last few: a delivery that was being processed
 * when the process died is processed again, and sends its messages again.
 */
function forgetful(consumed: readonly string[], rows: readonly Message[]): readonly string[] {
  const kept = new Set([...consumed.slice(-keptConsumed), ...rows.map(({ id }) => id)]);
  return consumed.filter((id) => kept.has(id));
}
