import { type JobInsert, PgBoss } from "pg-boss";
import pgBoss from "pg-boss/package.json" with { type: "json" };
import type { Log } from "../../engine/ports/log.ts";
import { QueueError } from "../problems.ts";

/** An activation that this process holds. */
export interface Job {
  readonly id: string;
  /** How often it was given out before: with the id it names this very holding. */
  readonly retryCount: number;
  readonly execution: string;
  readonly takenOver: boolean;
}

/** One holding of one job. */
export function nameOf({ id, retryCount }: Job): string {
  return `${id}:${retryCount}`;
}

interface Data {
  readonly execution: string;
  /** True where it was put in for one whose activation was lost. */
  readonly takenOver: boolean;
}

/** That a job is still held, and the job by which its execution was woken since, if any. */
export interface Sign {
  readonly name: string;
  readonly wakenBy: string | null;
}

const activations = "activations";
const claims = "claims";

/** A job whose holder gives no sign for so long is given to another; pg-boss takes less than 10 only from `insert`. */
const heartbeatSeconds = 5;
const superviseSeconds = 1;

/** What one process asks of pg-boss at once. */
const connections = 4;
/** The most that one queue has open at a time: one more listens. */
export const queueConnections = connections + 1;

const jobOptions: JobInsert = {
  heartbeatSeconds,
  // A holder that is alive may take as long as its step does: the heartbeat tells, not the time.
  expireInSeconds: 365 * 86_400,
  retentionSeconds: 365 * 86_400,
  // An execution must not be given up because processes died at it.
  retryLimit: 1_000_000_000,
  retryDelay: 0,
};

export interface JobsOptions {
  readonly url: string;
  readonly schema: string;
  readonly log: Log;
}

/**
 * Activations as jobs of pg-boss. The queue is `stately` by execution: of each there is at most one job to be fetched, one
 * to be fetched again, and one that somebody holds. A job is deleted when it is done, so that the table stays as small as
 * what is under way.
 */
export class Jobs {
  readonly #boss: PgBoss;
  readonly #table: string;

  private constructor(boss: PgBoss, schema: string) {
    this.#boss = boss;
    this.#table = `${schema}.job`;
  }

  /**
   * Creates pg-boss's schema or brings it forward, one process at a time. Rejects where the database can't be reached,
   * with a QueueError where a newer release has brought the schema further.
   */
  static async open({ url, schema, log }: JobsOptions): Promise<Jobs> {
    const connection = {
      connectionString: url,
      application_name: "hishamos",
      // For a new one, or one that is free; what can't be asked now is asked again.
      connectionTimeoutMillis: 5_000,
      // A server that has vanished must not hold the queue for long; pg-boss hands it on to pg.
      query_timeout: 15_000,
      keepAlive: true,
      max: connections,
    };
    const boss = new PgBoss({
      ...connection,
      schema,
      superviseIntervalSeconds: superviseSeconds,
      monitorIntervalSeconds: superviseSeconds,
      // What was claimed every few seconds goes as it came.
      maintenanceIntervalSeconds: 300,
      // Its cron is not used: timers are the `due` column.
      schedule: false,
      registerInstance: false,
      openTelemetry: { enabled: false },
    });
    // A lost connection and failed maintenance end here; unheard they would end the process.
    boss.on("error", (error) => log.warn({ err: error }, "the queue's maintenance failed; it goes on"));
    boss.on("warning", ({ message, data }) => log.warn({ data }, message));
    try {
      await boss.start();
      await refuseNewer(boss, schema);
      await boss.createQueue(activations, { policy: "stately" });
      await boss.createQueue(claims);
    } catch (error) {
      await boss.stop({ graceful: false }).catch(() => {});
      throw error;
    }
    return new Jobs(boss, schema);
  }

  /** Has each activated once more, if that is not to be done anyway; true: its work is to be taken over. */
  async put(executions: ReadonlyMap<string, boolean>): Promise<void> {
    // In the same order everywhere, or two processes that put the same ones could wait for each other.
    const jobs = [...executions].toSorted(([a], [b]) => (a < b ? -1 : 1));
    await this.#boss.insert(
      activations,
      jobs.map(([execution, takenOver]) => ({
        ...jobOptions,
        singletonKey: execution,
        data: { execution, takenOver } satisfies Data,
      })),
    );
  }

  /** Up to so many, the oldest first, that nobody holds and whose execution nobody is at work on. */
  async take(most: number): Promise<readonly Job[]> {
    const fetched = await this.#boss.fetch<Data>(activations, { batchSize: most });
    const jobs = fetched.map(({ id, retryCount, data }) => ({
      id,
      retryCount,
      execution: data.execution,
      takenOver: data.takenOver || retryCount > 0,
    }));
    const left = await this.#leftBehind(jobs.filter(({ takenOver }) => !takenOver));
    return jobs.map((job) => (left.has(job.execution) ? { ...job, takenOver: true } : job));
  }

  /** Those that have a job to be fetched again besides: pg-boss may give out the one put in after it first. */
  async #leftBehind(jobs: readonly Job[]): Promise<ReadonlySet<string>> {
    if (jobs.length === 0) return new Set();
    const rows = await this.#select(
      `SELECT singleton_key AS execution FROM ${this.#table}
       WHERE name = $1 AND state = 'retry' AND policy = 'stately' AND COALESCE(singleton_key, '') = ANY($2::text[])`,
      [activations, jobs.map(({ execution }) => execution)],
    );
    return new Set(rows.map((row) => String(row["execution"])));
  }

  /** They are done; those that another holds by now are left alone. */
  async remove(jobs: readonly Job[]): Promise<void> {
    if (jobs.length > 0) await this.#boss.deleteJob(activations, attempts(jobs));
  }

  /** They are to be taken over at once, by anyone. */
  async giveBack(jobs: readonly Job[]): Promise<void> {
    if (jobs.length > 0) await this.#boss.fail(activations, attempts(jobs));
  }

  /** A sign of life; answers with those that are still held. */
  async keep(jobs: readonly Job[]): Promise<readonly Sign[]> {
    if (jobs.length === 0) return [];
    await this.#boss.touch(activations, attempts(jobs));
    const rows = await this.#select(
      `SELECT held.id::text || ':' || held.retry_count::text AS name, next.id::text AS next
       FROM ${this.#table} held
       LEFT JOIN ${this.#table} next
         ON next.name = held.name AND next.state = 'created' AND next.policy = 'stately'
         AND COALESCE(next.singleton_key, '') = COALESCE(held.singleton_key, '')
       WHERE held.name = $1 AND held.state = 'active' AND held.id = ANY($2::uuid[])
         AND held.id::text || ':' || held.retry_count::text = ANY($3::text[])`,
      [activations, jobs.map(({ id }) => id), jobs.map(nameOf)],
    );
    return rows.map(({ name, next }) => ({
      name: String(name),
      wakenBy: typeof next === "string" ? next : null,
    }));
  }

  /** Those of them that have any job: to be fetched, or held. */
  async attended(executions: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#select(
      `SELECT DISTINCT singleton_key AS execution FROM ${this.#table}
       WHERE name = $1 AND state <= 'active' AND policy = 'stately' AND COALESCE(singleton_key, '') = ANY($2::text[])`,
      [activations, executions],
    );
    return new Set(rows.map((row) => String(row["execution"])));
  }

  /** Whether there is any job at all. */
  async any(): Promise<boolean> {
    const rows = await this.#select(
      `SELECT 1 FROM ${this.#table} WHERE name = $1 AND state <= 'active' LIMIT 1`,
      [activations],
    );
    return rows.length > 0;
  }

  async claim(what: string, seconds: number): Promise<boolean> {
    const options = { singletonKey: what, singletonSeconds: seconds, retentionSeconds: 2 * seconds };
    return (await this.#boss.send(claims, null, options)) !== null;
  }

  async notify(channel: string, payloads: readonly string[]): Promise<void> {
    await this.#select("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", [
      channel,
      payloads,
    ]);
  }

  /** Listens on a connection of its own, which is made again when it breaks; `again` is called each time it is made. */
  async listen(
    channel: string,
    heard: (payload: string) => void,
    again: () => void,
  ): Promise<() => Promise<void>> {
    const db = this.#boss.getDb();
    if (!db.listen) throw new Error("this connection can't listen");
    const listening = await db.listen(channel, heard, again);
    return () => listening.close();
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false });
  }

  async #select(
    sql: string,
    values: readonly unknown[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { rows } = await this.#boss.getDb().executeSql(sql, [...values]);
    return rows;
  }
}

/** pg-boss itself takes a newer schema for its own. */
async function refuseNewer(boss: PgBoss, schema: string): Promise<void> {
  const found = (await boss.schemaVersion()) ?? 0;
  const known = pgBoss.pgboss.schema;
  if (found <= known) return;
  throw new QueueError({
    code: "HOS611",
    message: `The queue in schema ${schema} was written by a newer release (version ${found}, this release knows ${known}).`,
    hint: "Start the newer release, or restore a backup made before the upgrade.",
  });
}

/** With the count, a call leaves alone what was given to another since. */
function attempts(jobs: readonly Job[]): { id: string; retryCount: number }[] {
  return jobs.map(({ id, retryCount }) => ({ id, retryCount }));
}
