import type { Execution } from "../../core/execution.ts";
import { isTerminal } from "../../core/tables.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { Leases } from "../../engine/ports/members.ts";
import type { Reporter } from "../../engine/ports/reporter.ts";
import type { Message, Stores } from "../../engine/ports/store.ts";
import { isRequestFailure, rateLimit } from "../actions/errors.ts";
import { clockTolerance } from "../actions/runner.ts";
import type { Clients } from "../clients.ts";
import { createIdentity } from "../identity.ts";
import type { Pacing } from "../pacing/index.ts";
import { childrenOf, type ShownChild } from "./children.ts";
import { createJobs, type Job } from "./jobs.ts";
import { show } from "./show.ts";
import { fromJson, nothingShown, type Shown, toJson } from "./shown.ts";
import { TurnNeeded, turnsOf } from "./turns.ts";

export interface ReporterOptions {
  readonly clients: Clients;
  readonly stores: Pick<Stores, "reports" | "executions">;
  readonly pacing: Pacing;
  /** By which an execution is shown by one process at a time; absent where there is one only. */
  readonly leases?: Leases | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** The definition the execution is pinned to. */
  readonly workflowOf: (execution: Execution) => Promise<Workflow>;
  /** Stores a message for an execution and wakes it. */
  readonly send: (message: Message) => Promise<unknown>;
  /** Since when what was shown of an execution may be there (ms); its start unless given. */
  readonly tracesSince?: number;
  /** How many executions are shown at once (default 8). */
  readonly concurrency?: number;
}

export interface ReporterService extends Reporter {
  /** Takes up what an earlier process still owed. */
  start(): Promise<void>;
  /** Takes up what is owed and not in hand here, as that of a process that is gone. Rejects where the store can't answer. */
  takeUp(): Promise<void>;
  /** Begins no further write and resolves when those under way have ended; what is left is owed to the next start. */
  stop(): Promise<void>;
  /** Resolves when everything is shown at its newest state. */
  idle(): Promise<void>;
}

const pageSize = 500;
/** More are not held in hand at once for processes that are gone. */
const mostInHand = 5_000;
const takeUpAgainMs = 10_000;
const longestBackoffMs = 5 * 60_000;
/** Where not GitHub fails but our own store: it costs nobody anything to look again. */
const longestStoreBackoffMs = 5_000;
/** Another process shows the execution now: a pass is a matter of seconds. */
const leasedAgainMs = 1_000;

/**
 * Shows executions on GitHub, each at its newest state only: while one state is being shown, or waits for its turn to be
 * written, later ones collapse. A failure is tried again with growing pauses, for as long as the process lives, then by
 * another.
 */
export function createReporter(options: ReporterOptions): ReporterService {
  const { clients, stores, pacing, leases, clock, log, workflowOf, send, concurrency = 8 } = options;
  const identity = createIdentity(clients);
  const stopping = new AbortController();
  const jobs = createJobs({ concurrency, clock, signal: stopping.signal, attempt });
  let catchingUp: Promise<void> | null = null;
  let cancelTakeUp: (() => void) | null = null;

  /** Never rejects: what can't be done now is put off. */
  async function attempt(job: Job): Promise<void> {
    const { stale } = job;
    try {
      const done = leases ? await inLease(leases, job) : await bringUp(job);
      if (!done) return jobs.later(job, clock.now() + leasedAgainMs);
      job.failures = 0;
      jobs.end(job);
    } catch (error) {
      if (stopping.signal.aborted) return;
      job.stale ||= stale;
      if (error instanceof TurnNeeded) waitForTurn(job, error);
      else putOff(job, error);
    }
  }

  /** False where another process has it in hand. */
  async function inLease(held: Leases, job: Job): Promise<boolean> {
    // Much of what is taken up for others is shown by the time that it is its turn.
    if (!job.stale && ((await stores.reports.get(job.id))?.revision ?? 0) >= job.newest) {
      job.shown = job.newest;
      return giveTurnBack(job);
    }
    const name = `report/${job.id}`;
    if (!(await held.take(name))) {
      giveTurnBack(job);
      return false;
    }
    try {
      return await bringUp(job);
    } finally {
      // It stood still for so long that it was taken for dead: both may have written.
      job.doubtful = !(await held.release(name));
      if (job.doubtful) job.stale = true;
    }
  }

  async function bringUp(job: Job): Promise<true> {
    const execution = await newestOf(job);
    const record = execution && (await stores.reports.get(job.id));
    job.shown = record?.revision ?? 0;
    // Without one it was removed: there is nothing left to be shown.
    if (execution === null || (execution.revision <= job.shown && !job.stale)) {
      job.shown = job.newest;
      return giveTurnBack(job);
    }
    job.stale = false;
    const before = record ? fromJson(record.shown) : nothingShown;
    const keep = (revision: number) =>
      stores.reports.put({ executionId: job.id, revision, shown: toJson(job.notes ?? before) });
    job.notes = before;
    try {
      if (execution.installation !== null) {
        job.notes = await showOn(execution.installation, execution, job, before);
        if (execution.parent !== null) await tellTop(execution);
      }
    } catch (error) {
      if (job.notes !== before) await keep(job.shown);
      throw error;
    } finally {
      giveTurnBack(job);
    }
    // Where there is no GitHub nothing is shown: one note at the end keeps it from being owed forever.
    if (execution.installation !== null || isTerminal(execution.state)) await keep(execution.revision);
    job.shown = execution.revision;
    return true;
  }

  /** As saved last: where several processes work on it, not only by this one. */
  async function newestOf(job: Job): Promise<Execution | null> {
    const { document } = job;
    job.document = null;
    if (document !== null && document.revision >= job.newest && !leases) return document;
    const stored = await stores.executions.load(job.id);
    const newest = document && (!stored || stored.revision < document.revision) ? document : stored;
    if (newest !== null) job.newest = Math.max(job.newest, newest.revision);
    return newest;
  }

  async function showOn(installation: number, execution: Execution, job: Job, before: Shown): Promise<Shown> {
    job.installation = installation;
    const bot = await identity.botLogin();
    const workflow = await workflowOf(execution);
    const narrowing = { repositoryIds: [execution.repository.id] };
    return show(
      {
        workflow,
        execution,
        octokit: clients.installation(installation, narrowing, "news"),
        slug: bot.replace(/\[bot\]$/, ""),
        log,
        now: clock.now(),
        since: (options.tracesSince ?? execution.startedAt) - clockTolerance,
        top: () => topOf(execution),
        children: () => childrenOf({ workflow, execution }, readChild),
        adopt: async ({ id: executionId }, subject) => {
          const id = `adopt:${executionId}`;
          const body = { type: "subject_adopted", id, subject } as const;
          await send({ id, executionId, at: clock.now(), body });
        },
        turn: turnsOf(pacing, installation, job, stopping.signal),
        doubtful: job.doubtful,
        keep: (shown) => {
          job.notes = shown;
        },
      },
      before,
    );
  }

  /** What a child does stands in the table of the execution at the top. */
  async function tellTop(child: Execution): Promise<void> {
    const top = await topOf(child);
    if (top !== null && !isTerminal(top.state)) jobs.add(top, { stale: true });
  }

  /** The execution at the top of the tree, or null for one that is there itself. */
  async function topOf({ parent }: Execution): Promise<Execution | null> {
    let found: Execution | null = null;
    for (let above = parent; above !== null; above = found?.parent ?? null) {
      found = await stores.executions.load(above.execution);
    }
    return found;
  }

  async function readChild(id: string): Promise<ShownChild | null> {
    const execution = await stores.executions.load(id);
    if (execution === null) return null;
    const record = await stores.reports.get(id);
    const { askedAt } = record ? fromJson(record.shown) : nothingShown;
    return {
      workflow: await workflowOf(execution),
      execution,
      askedAt: jobs.get(id)?.notes?.askedAt ?? askedAt,
    };
  }

  /** It holds no place meanwhile, and no document: what is newest when it is its turn is what is shown. */
  function waitForTurn(job: Job, { installation, urgency }: TurnNeeded): void {
    const take = async () => {
      try {
        await pacing.turn(installation, urgency, stopping.signal);
        job.turn = true;
        jobs.queue(job);
      } catch (error) {
        if (!stopping.signal.aborted) putOff(job, error);
      }
    };
    void take();
  }

  function giveTurnBack(job: Job): true {
    if (job.turn && job.installation !== null) pacing.giveBack(job.installation);
    job.turn = false;
    return true;
  }

  function putOff(job: Job, error: unknown): void {
    const now = clock.now();
    const ofGitHub = isRequestFailure(error);
    const limited = ofGitHub ? rateLimit(error, now) : null;
    const longestMs = ofGitHub ? longestBackoffMs : longestStoreBackoffMs;
    const at = limited ?? now + Math.min(longestMs, 1_000 * 2 ** job.failures);
    job.failures += 1;
    const again = new Date(at).toISOString();
    log.warn({ executionId: job.id, failures: job.failures, again, error }, "a report has to wait");
    jobs.later(job, at);
  }

  /** Page by page; where there is much of it, some is shown before more is taken in hand. */
  async function takeUp(): Promise<void> {
    for (let next: string | null | undefined; next !== null && !stopping.signal.aborted; ) {
      const page = await stores.reports.behind(pageSize, next);
      for (const one of page.owed) jobs.add(one);
      if (jobs.size() >= mostInHand) await jobs.idle();
      next = page.next;
    }
  }

  function takeUpAtStart(): void {
    catchingUp ??= takeUp()
      .catch((error: unknown) => {
        log.error({ error }, "what an earlier process owed could not be read; it is tried again");
        cancelTakeUp = clock.at(clock.now() + takeUpAgainMs, takeUpAtStart);
      })
      .finally(() => {
        catchingUp = null;
      });
  }

  return {
    changed: (execution) => jobs.add(execution),
    start() {
      takeUpAtStart();
      return Promise.resolve();
    },
    takeUp,
    async stop() {
      stopping.abort(new Error("the reporter is stopping"));
      cancelTakeUp?.();
      await jobs.stop();
      await catchingUp;
    },
    async idle() {
      await catchingUp;
      await jobs.idle();
    },
  };
}
