import type { Execution } from "../core/execution.ts";
import { type Problem, transition } from "../core/index.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import { Activation } from "./activation.ts";
import { Groups } from "./groups.ts";
import { LargeValues } from "./large.ts";
import type { EngineObserver, EngineParts, StepRunners } from "./parts.ts";
import { PinnedDefinitions } from "./pinned.ts";
import type { Engine } from "./ports/engine.ts";
import type {
  Clock,
  Creation,
  Log,
  Message,
  MessageBody,
  Queue,
  Reporter,
  Stores,
  Turn,
} from "./ports/index.ts";
import { silentLog } from "./ports/log.ts";
import { rehearse } from "./rehearsal/rehearse.ts";
import { startExecution } from "./start.ts";
import { createSweep } from "./sweep.ts";
import { Timekeeper } from "./timekeeper.ts";
import { traceOf } from "./trace.ts";

export interface EngineOptions {
  readonly stores: Stores;
  readonly queue: Queue;
  readonly runners: StepRunners;
  /** Agents that ship, by name: what a rehearsal takes their answers to look like. */
  readonly roles?: ReadonlyMap<string, AgentDefinition>;
  readonly clock: Clock;
  readonly reporter?: Reporter;
  readonly log?: Log;
  readonly observer?: EngineObserver;
  /** True where what begins may have been begun before, by a process whose state is lost: all is looked for before it is done. */
  readonly doubtful?: boolean;
  /** How long `stop` waits for steps under way (ms) before it leaves them to the next start. */
  readonly graceMs?: number;
}

const page = 1_000;
const retryMs = 1_000;
/** How soon a due time is known that another process has saved, and did not live to keep. */
const lookMs = 3_000;

/** Saves each decision of the core once, and performs what is owed. All state is in the stores. */
export function createEngine(options: EngineOptions): Engine {
  const { stores, queue, clock, log = silentLog } = options;
  const { shared } = queue;
  const pinned = new PinnedDefinitions(stores.definitions, () => clock.now());
  const parts: EngineParts = {
    stores,
    pinned,
    clock,
    log,
    runners: options.runners,
    roles: options.roles ?? new Map(),
    reporter: options.reporter ?? { changed: () => {} },
    large: new LargeValues(stores.blobs),
    groups: new Groups(stores.executions, clock, log, (id) => wake(id, "turn")),
    observer: options.observer ?? null,
    doubtful: options.doubtful ?? false,
    timer: () => performance.now(),
    create,
    load,
    send,
  };
  const active = new Map<string, Activation>();
  /** Just created here, so nobody else can have begun its work. */
  const fresh = new Map<string, Execution>();
  /** Left by an earlier process and not looked at since. */
  const left = new Set<string>();
  /** Given up by an activation that the store did not let finish. */
  const interrupted = new Set<string>();
  const timekeeper = new Timekeeper(
    stores.executions,
    clock,
    log,
    (id) => wake(id),
    shared ? lookMs : Infinity,
  );
  const sweep = shared && createSweep({ stores, pinned, clock, log, shared, wake: (id) => wake(id) });
  let stopping = false;

  /** Why each is to be activated: `turn` where only its concurrency group may be free. */
  const woken = new Map<string, "turn" | "work">();

  function wake(id: string, why: "turn" | "work" = "work"): void {
    const activation = active.get(id);
    if (activation) return activation.poke();
    // Another process may be given it.
    if (!shared && (why === "work" || !woken.has(id))) woken.set(id, why);
    queue.wake(id);
  }

  async function activate(id: string, turn?: Turn): Promise<void> {
    let begun = turn?.takenOver ?? false;
    try {
      const why = woken.get(id);
      woken.delete(id);
      const created = fresh.get(id);
      fresh.delete(id);
      const stored = created ?? (await load(id));
      if (!stored) return await discard(id);
      // Another process was quicker, and is at work on it.
      if (why === "turn" && stored.wants === null) return;
      const recovered = turn?.takenOver ?? left.delete(id);
      if (recovered) {
        // What an earlier process saved last it may not have told any more.
        log.debug({ traces: traceOf(null, stored), revision: stored.revision }, "recovered");
      }
      const workflow = await pinned.get(stored.workflow);
      if (turn?.takenOver) {
        parts.reporter.changed(stored);
        await parts.groups.settle(workflow, stored);
      }
      const activation = new Activation(parts, workflow, {
        execution: stored,
        // In one process nobody knows what an earlier one began; a shared queue does.
        recovered: turn ? recovered : created === undefined,
        unsettled: interrupted.delete(id) || recovered,
        unread: created === undefined,
      });
      active.set(id, activation);
      if (stopping) activation.stop({ graceOver: false });
      begun = true;
      const saved = await activation.run();
      active.delete(id);
      if ((!saved && !turn) || activation.unread) wake(id);
      if (saved && saved.due !== null) timekeeper.expect(saved.due);
      if (!saved || activation.working) turn?.leave("begun");
      else if (stopping) turn?.leave("untouched");
    } catch (error) {
      log.error({ err: error, execution: id }, "activation failed; trying again");
      if (turn) return turn.leave(begun ? "begun" : "untouched");
      interrupted.add(id);
      clock.at(clock.now() + retryMs, () => wake(id));
    } finally {
      active.delete(id);
    }
  }

  /** Messages to an execution that is not there would be found at every start. */
  async function discard(id: string): Promise<void> {
    const orphans = await stores.messages.list(id);
    if (orphans.length === 0) return;
    log.warn({ execution: id, messages: orphans.length }, "messages to an unknown execution are dropped");
    await stores.messages.remove(
      id,
      orphans.map((message) => message.id),
    );
  }

  async function load(id: string): Promise<Execution | null> {
    const stored = await stores.executions.load(id);
    return stored && (await parts.large.together(stored));
  }

  async function create(execution: Execution): Promise<Creation> {
    const began = parts.timer();
    const result = await stores.executions.create(await parts.large.apart(execution));
    if (result === "created") {
      parts.observer?.saved(null, execution, parts.timer() - began);
      parts.reporter.changed(execution);
      // Where the queue is shared, another process may be the first at it.
      if (!shared) fresh.set(execution.id, execution);
    }
    // Also one that was there before: the process that made it may have died before the wake.
    if (result !== "slot_taken") wake(execution.id);
    return result;
  }

  async function send(message: Message): Promise<boolean> {
    const added = await stores.messages.add(message);
    // Also when it was stored before: the process that stored it may have died before the wake.
    wake(message.executionId);
    return added;
  }

  async function check(execution: Execution, body: MessageBody): Promise<Problem | null> {
    const latest = body.type === "commanded" ? body.workflow : undefined;
    const workflow = await pinned.get(latest ?? execution.workflow);
    const next = transition(workflow, execution, { ...body, at: clock.now() });
    if ("problem" in next) return next.problem;
    // A retry takes the concurrency group again, which another execution may hold by now.
    const { slot } = next.execution;
    if (slot === null || slot === execution.slot) return null;
    const holder = await parts.groups.holder(execution.repository.id, slot);
    if (!holder) return null;
    const message = `execution ${holder.id} of the same concurrency group is ${holder.state}`;
    return { code: "HOS309", message, hint: "Let it end, or cancel it, before this one is retried." };
  }

  async function recover(): Promise<void> {
    // What a process leaves is given to another by a shared queue, which knows what is under way elsewhere.
    if (sweep) {
      void sweep.start();
      return await timekeeper.start();
    }
    let after: string | null = null;
    for (;;) {
      const ids: readonly string[] = await stores.executions.unfinished(after, page);
      for (const id of ids) {
        left.add(id);
        wake(id);
      }
      after = ids.at(-1) ?? null;
      if (ids.length < page) break;
    }
    after = null;
    for (;;) {
      const ids: readonly string[] = await stores.messages.waiting(page, after);
      for (const id of ids) wake(id);
      after = ids.at(-1) ?? null;
      if (ids.length < page) break;
    }
    await timekeeper.start();
  }

  async function stop(): Promise<void> {
    stopping = true;
    timekeeper.stop();
    const swept = sweep?.stop();
    for (const activation of active.values()) activation.stop({ graceOver: false });
    const cancel = clock.at(clock.now() + (options.graceMs ?? 5_000), () => {
      for (const activation of active.values()) activation.stop({ graceOver: true });
    });
    if (swept) await swept;
    await queue.stop();
    cancel();
  }

  return {
    async run() {
      queue.start(activate, {
        woken: (id) => active.get(id)?.poke(),
        // Its work is begun anew elsewhere: what is under way here is to do no more.
        lost: (id) => active.get(id)?.stop({ graceOver: true }),
      });
      await recover();
    },
    start: (request) => startExecution(parts, request),
    send,
    check,
    workflowOf: (execution) => pinned.get(execution.workflow),
    rehearse: (request) => rehearse(parts, request),
    stop,
    idle: () => queue.idle(),
  };
}
