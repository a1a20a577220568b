import type { Execution } from "../../core/execution.ts";
import { isTerminal } from "../../core/tables.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { Reporter } from "../../engine/ports/reporter.ts";
import type { Message, Stores } from "../../engine/ports/store.ts";
import { isRequestFailure, rateLimit } from "../actions/errors.ts";
import { clockTolerance } from "../actions/runner.ts";
import type { Clients } from "../clients.ts";
import { createIdentity } from "../identity.ts";
import { childrenOf, type ShownChild } from "./children.ts";
import { createPacing } from "./pacing.ts";
import { show } from "./show.ts";
import { fromJson, nothingShown, type Shown, toJson } from "./shown.ts";

export interface ReporterOptions {
  readonly clients: Clients;
  readonly stores: Pick<Stores, "reports" | "executions">;
  readonly clock: Clock;
  readonly log: Log;
  /** The definition the execution is pinned to. */
  readonly workflowOf: (execution: Execution) => Promise<Workflow>;
  /** Stores a message for an execution and wakes it. */
  readonly send: (message: Message) => Promise<unknown>;
  /** How many executions are shown at once (default 8). */
  readonly concurrency?: number;
}

export interface ReporterService extends Reporter {
  /** Takes up what an earlier process still owed. */
  start(): Promise<void>;
  /** Begins no further write and resolves when those under way have ended; what is left is owed to the next start. */
  stop(): Promise<void>;
  /** Resolves when everything is shown at its newest state. */
  idle(): Promise<void>;
}

interface Job {
  newest: Execution;
  /** What is shown, once read from the store. */
  shown: Shown | null;
  /** The revision that is shown. */
  revision: number;
  /** True where what it shows of its children may have changed since. */
  stale: boolean;
  failures: number;
  cancelTimer: (() => void) | null;
}

const pageSize = 500;
const takeUpAgainMs = 10_000;
const longestBackoffMs = 5 * 60_000;

/**
 * Shows executions on GitHub, each at its newest state only: while one state is being shown, later ones
 * collapse. A failure is tried again with growing pauses, for as long as the process lives, then by the next.
 */
export function createReporter(options: ReporterOptions): ReporterService {
  const { clients, stores, clock, log, workflowOf, send, concurrency = 8 } = options;
  const pacing = createPacing(clock);
  const identity = createIdentity(clients);
  const jobs = new Map<string, Job>();
  const ready: Job[] = [];
  const stopping = new AbortController();
  const passes = new Set<Promise<void>>();
  let catchingUp: Promise<void> | null = null;
  let cancelTakeUp: (() => void) | null = null;
  let awaiting: (() => void)[] = [];

  function changed(execution: Execution): void {
    if (stopping.signal.aborted) return;
    const job = jobs.get(execution.id);
    if (job) {
      if (execution.revision > job.newest.revision) job.newest = execution;
      return;
    }
    add(execution, false);
  }

  function add(newest: Execution, stale: boolean): void {
    const made: Job = { newest, shown: null, revision: -1, stale, failures: 0, cancelTimer: null };
    jobs.set(newest.id, made);
    queue(made);
  }

  /** What a child does stands in the table of the execution at the top. */
  async function tellTop(child: Execution): Promise<void> {
    const top = await topOf(child);
    if (top === null || isTerminal(top.state) || stopping.signal.aborted) return;
    const job = jobs.get(top.id);
    if (!job) return add(top, true);
    job.stale = true;
    if (top.revision > job.newest.revision) job.newest = top;
  }

  function queue(job: Job): void {
    ready.push(job);
    pump();
  }

  function pump(): void {
    while (passes.size < concurrency && !stopping.signal.aborted) {
      const job = ready.shift();
      if (!job) return;
      const pass = attempt(job).finally(() => {
        passes.delete(pass);
        pump();
      });
      passes.add(pass);
    }
  }

  /** Never rejects: a failure puts the job off. */
  async function attempt(job: Job): Promise<void> {
    try {
      await bringUp(job);
      job.failures = 0;
      if (job.newest.revision > job.revision || job.stale) queue(job);
      else finish(job);
    } catch (error) {
      job.stale = true;
      if (!stopping.signal.aborted) putOff(job, error);
    }
  }

  async function bringUp(job: Job): Promise<void> {
    if (job.shown === null) {
      const record = await stores.reports.get(job.newest.id);
      job.shown = record ? fromJson(record.shown) : nothingShown;
      job.revision = record?.revision ?? -1;
    }
    const execution = job.newest;
    if (execution.revision <= job.revision && !job.stale) return;
    job.stale = false;
    if (execution.installation !== null) job.shown = await showOn(execution.installation, execution, job);
    if (execution.parent !== null && execution.installation !== null) await tellTop(execution);
    // Where there is no GitHub nothing is shown: one note at the end keeps it from being owed forever.
    if (execution.installation !== null || isTerminal(execution.state)) {
      const { id: executionId, revision } = execution;
      await stores.reports.put({ executionId, revision, shown: toJson(job.shown) });
    }
    job.revision = execution.revision;
  }

  async function showOn(installation: number, execution: Execution, job: Job): Promise<Shown> {
    const bot = await identity.botLogin();
    const workflow = await workflowOf(execution);
    return show(
      {
        workflow,
        execution,
        octokit: clients.installation(installation, { repositoryIds: [execution.repository.id] }),
        slug: bot.replace(/\[bot\]$/, ""),
        log,
        now: clock.now(),
        since: execution.startedAt - clockTolerance,
        top: () => topOf(execution),
        children: () => childrenOf({ workflow, execution }, readChild),
        adopt: async ({ id: executionId }, subject) => {
          const id = `adopt:${executionId}`;
          const body = { type: "subject_adopted", id, subject } as const;
          await send({ id, executionId, at: clock.now(), body });
        },
        turn: (urgency) => pacing.turn(installation, urgency, stopping.signal),
        keep: (shown) => {
          job.shown = shown;
        },
      },
      job.shown ?? nothingShown,
    );
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
      askedAt: jobs.get(id)?.shown?.askedAt ?? askedAt,
    };
  }

  function putOff(job: Job, error: unknown): void {
    const now = clock.now();
    const { id: executionId, installation } = job.newest;
    const limited = isRequestFailure(error) ? rateLimit(error, now) : null;
    if (limited !== null && installation !== null) pacing.pause(installation, limited);
    const at = limited ?? now + Math.min(longestBackoffMs, 1_000 * 2 ** job.failures);
    job.failures += 1;
    log.warn(
      { executionId, failures: job.failures, again: new Date(at).toISOString(), error },
      "a report has to wait",
    );
    job.cancelTimer = clock.at(at, () => {
      job.cancelTimer = null;
      queue(job);
    });
  }

  function finish(job: Job): void {
    jobs.delete(job.newest.id);
    if (jobs.size > 0) return;
    const all = awaiting;
    awaiting = [];
    for (const resolve of all) resolve();
  }

  async function drained(): Promise<void> {
    if (jobs.size === 0) return;
    await new Promise<void>((resolve) => awaiting.push(resolve));
  }

  /** Page by page, each shown before the next is asked for, until a page has nothing new. */
  async function catchUp(): Promise<void> {
    const taken = new Set<string>();
    while (!stopping.signal.aborted) {
      const ids = await stores.reports.behind(pageSize);
      const fresh = ids.filter((id) => !taken.has(id));
      for (const id of fresh) {
        taken.add(id);
        const execution = await stores.executions.load(id);
        if (execution) changed(execution);
      }
      if (ids.length < pageSize || fresh.length === 0) return;
      await drained();
    }
  }

  function takeUp(): void {
    catchingUp ??= catchUp()
      .catch((error: unknown) => {
        log.error({ error }, "what an earlier process owed could not be read; it is tried again");
        cancelTakeUp = clock.at(clock.now() + takeUpAgainMs, takeUp);
      })
      .finally(() => {
        catchingUp = null;
      });
  }

  return {
    changed,
    start() {
      takeUp();
      return Promise.resolve();
    },
    async stop() {
      stopping.abort(new Error("the reporter is stopping"));
      cancelTakeUp?.();
      for (const job of jobs.values()) job.cancelTimer?.();
      const all = awaiting;
      awaiting = [];
      for (const resolve of all) resolve();
      await Promise.all([...passes, catchingUp]);
    },
    async idle() {
      await catchingUp;
      if (!stopping.signal.aborted) await drained();
    },
  };
}
