import { expect, test } from "vitest";
import type { Execution } from "../../../src/core/execution.ts";
import { SimulatedClock } from "../../../src/engine/clock/simulated.ts";
import { createLeases } from "../../../src/engine/leases.ts";
import { silentLog } from "../../../src/engine/ports/log.ts";
import { createClients } from "../../../src/github/clients.ts";
import { createPacing, TurnRefused, type Urgency } from "../../../src/github/pacing/index.ts";
import { createReporter } from "../../../src/github/report/index.ts";
import { openSqliteStores } from "../../../src/state/sqlite/open.ts";
import { nextRevision } from "../../support/execution.ts";
import { pem } from "../actions/support.ts";
import { mostWithin } from "../pacing/support.ts";
import { smallGitHub, type Write } from "./many-github.ts";
import { aLifecycle, running, withRuns } from "./support.ts";

const minute = 60_000;
const hour = 60 * minute;
const count = 1_000;
const answer = "An answer to a command";

/** Some replicas over one store, and the executions of one installation. */
async function aStage(wrote: (write: Write) => void) {
  const clock = new SimulatedClock();
  const stores = await openSqliteStores({ directory: ":memory:" });
  const github = smallGitHub(clock, wrote);
  const alive = new Set<string>();
  const workflow = aLifecycle();
  let leased = 0;
  let timers = 0;
  const counted = {
    now: () => clock.now(),
    at: (at: number, call: () => void) => {
      timers += 1;
      return clock.at(at, call);
    },
  };

  async function replica(self: string) {
    alive.add(self);
    const pacing = createPacing({ store: stores.pacing, clock: counted, log: silentLog });
    const clients = createClients({
      appId: 7,
      privateKey: pem,
      fetch: github.fetch,
      now: counted.now,
      pacing,
    });
    const members = { self, isAlive: async (id: string) => alive.has(id), alive: async () => [...alive] };
    const leases = createLeases(stores.leases, members);
    const reporter = createReporter({
      clients,
      stores,
      pacing,
      leases: {
        take: (name) => {
          leased += 1;
          return leases.take(name);
        },
        release: (name) => leases.release(name),
      },
      clock: counted,
      log: silentLog,
      workflowOf: async () => workflow,
      send: async () => {},
    });
    // What is signed for GitHub is signed aside, in a time that is not the clock's: it is there before that goes on.
    const place = { owner: "octo-org", repo: "octo-repo", issue_number: 5_000 };
    for (const narrowing of [{}, { repositoryIds: [1_000] }])
      for (const urgency of ["answers", "steps", "news"] as const)
        await clients.installation(1, narrowing, urgency).rest.issues.listComments(place);
    const before = github.introductions();
    reporter.changed(await primed());
    while (github.introductions() === before) await new Promise((resolve) => setImmediate(resolve));
    await reporter.start();
    const write = (urgency: Urgency, body: string) =>
      clients.installation(1, {}, urgency).rest.issues.createComment({ ...place, body });
    /** As a step does it: who is sent away comes again when it was told. */
    const step = async (body: string): Promise<void> => {
      try {
        await write("steps", body);
      } catch (error) {
        if (!(error instanceof TurnRefused)) throw error;
        const wait = 1_000 * Number(error.response.headers["retry-after"]);
        await new Promise<void>((resolve) => void counted.at(clock.now() + wait, resolve));
        await step(body);
      }
    };
    const stop = async () => {
      alive.delete(self);
      await reporter.stop();
    };
    return { reporter, write, step, stop };
  }

  async function primed(): Promise<Execution> {
    const execution = withRuns({ triage: running() });
    const subject = execution.subject && { ...execution.subject, number: 4_000 };
    await stores.executions.create({ ...execution, subject });
    return { ...execution, subject };
  }

  /** All has gone on as far as it can without the clock. */
  async function settled(): Promise<void> {
    const activity = () => github.requests() + leased + timers;
    for (let still = 0, before = activity(); still < 20; still++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (activity() !== before) still = 0;
      before = activity();
    }
  }

  /** To the next timers until `end` (ms from the start), or until there are none. */
  async function until(end: number): Promise<void> {
    const at = begun + end;
    await settled();
    for (let wait = clock.next(); wait !== null && clock.now() + wait <= at; wait = clock.next()) {
      clock.advance(wait);
      await settled();
    }
    if (Number.isFinite(end)) clock.advance(at - clock.now());
  }

  const begun = clock.now();
  return { clock, stores, github, replica, until, settled };
}

const showing = ({ revision }: Execution) => `triage | running | ${revision}×`;

test("a thousand that change at once, and go on changing, over two replicas and a restart", async () => {
  const executions: Execution[] = [];
  const stale: string[] = [];
  const { clock, stores, github, replica, until, settled } = await aStage(({ issue, body }) => {
    const newest = executions[issue - 1];
    if (newest && !body.includes(showing(newest))) stale.push(body);
  });
  const first = await replica("first");
  let second = await replica("second");
  let changes = 0;

  const changed = (execution: Execution) => {
    executions[(execution.subject?.number ?? 0) - 1] = execution;
    changes += 1;
    // Any replica may be the one to go on with it.
    (changes % 2 === 0 ? first : second).reporter.changed(execution);
  };
  const change = async (at: number) => {
    const old = executions[at];
    if (!old) throw new Error(`there is no execution ${at}`);
    const visit = old.revision + 1;
    const next = nextRevision(old, withRuns({ triage: running(null, { visit }) }));
    const { id, subject, updatedAt } = old;
    const execution = { ...next, id, subject, updatedAt: updatedAt + 1, revision: old.revision + 1 };
    await stores.executions.save(execution);
    changed(execution);
  };

  await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const execution = withRuns({ triage: running() });
      const subject = execution.subject && { ...execution.subject, number: at + 1 };
      const begun = { ...execution, id: `many-${at}`, subject };
      await stores.executions.create(begun);
      changed(begun);
    }),
  );
  for (let part = 1; part <= 6; part++) {
    await until(part * 10 * minute);
    await Promise.all(executions.flatMap((_, at) => (at % 2 === part % 2 ? [change(at)] : [])));
  }

  // The queue is long; whoever asks now is answered now, and steps go before all that only informs.
  const asked = clock.now();
  const newsBefore = github.writes.length;
  await second.write("answers", answer);
  await settled();
  expect(github.writes.find(({ body }) => body === answer)?.at).toBe(asked);
  const steps = Promise.all(Array.from({ length: 150 }, (_, at) => first.step(`step ${at}`)));

  await until(90 * minute);
  await second.stop();
  second = await replica("second again");
  await until(Number.POSITIVE_INFINITY);
  await steps;
  await Promise.all([first.reporter.idle(), second.reporter.idle()]);

  const times = github.writes.map(({ at }) => at);
  expect(mostWithin(times, minute)).toBeLessThan(80);
  expect(mostWithin(times, hour)).toBeLessThan(500);
  expect(mostWithin(times, hour)).toBeGreaterThan(350);

  const isNews = ({ what, body }: Write) => what !== "" && /Bug Lifecycle: /.test(body);
  const after = github.writes.slice(newsBefore).filter(({ body }) => body !== answer);
  const lastStep = after.findLastIndex(({ body }) => body.startsWith("step "));
  expect(after.filter(({ body }) => body.startsWith("step "))).toHaveLength(150);
  expect(after.slice(0, lastStep).filter(isNews).length).toBeLessThan(
    after.slice(lastStep).filter(isNews).length / 3,
  );

  for (const [at, execution] of executions.entries()) {
    const comments = [...github.comments.values()].filter(({ issue }) => issue === at + 1);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toContain(showing(execution));
  }
  // Nothing waits with what it is going to write.
  expect(stale).toEqual([]);
  // 4,000 changes; each execution is written for the first time, and perhaps once more.
  expect(changes).toBe(4 * count);
  expect(github.writes.filter(isNews).length).toBeLessThan(1.6 * count);
  expect((await stores.reports.behind(2 * count)).owed).toEqual([]);
  await first.stop();
  await second.stop();
  await stores.close();
});
