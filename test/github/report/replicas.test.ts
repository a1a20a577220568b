import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Execution } from "../../../src/core/execution.ts";
import { createLeases } from "../../../src/engine/leases.ts";
import type { Clock } from "../../../src/engine/ports/clock.ts";
import { silentLog } from "../../../src/engine/ports/log.ts";
import type { Stores } from "../../../src/engine/ports/store.ts";
import { createClients } from "../../../src/github/clients.ts";
import { createPacing } from "../../../src/github/pacing/index.ts";
import { createReporter } from "../../../src/github/report/index.ts";
import { openSqliteStores } from "../../../src/state/sqlite/open.ts";
import { nextRevision } from "../../support/execution.ts";
import { pem } from "../actions/support.ts";
import { smallGitHub } from "./many-github.ts";
import { aLifecycle, running, withRuns } from "./support.ts";

/** A clock on which every wait is over as soon as all else has gone on. */
const waits: number[] = [];
let time = Date.UTC(2026, 0, 1);
const clock: Clock = {
  now: () => time,
  at(at, call) {
    waits.push(at - time);
    time = Math.max(time, at);
    const timer = setImmediate(call);
    return () => clearImmediate(timer);
  },
};
const workflow = aLifecycle();
let stores: Stores;
let github: ReturnType<typeof smallGitHub>;
let alive: Set<string>;

beforeEach(async () => {
  stores = await openSqliteStores({ directory: ":memory:" });
  github = smallGitHub(clock);
  alive = new Set();
});
afterEach(() => stores.close());

function replica(self: string, fetch = github.fetch) {
  alive.add(self);
  const pacing = createPacing({ store: stores.pacing, clock, log: silentLog });
  const now = () => clock.now();
  return createReporter({
    clients: createClients({ appId: 7, privateKey: pem, fetch, now, pacing }),
    stores,
    pacing,
    leases: createLeases(stores.leases, {
      self,
      isAlive: async (id) => alive.has(id),
      alive: async () => [...alive],
    }),
    clock,
    log: silentLog,
    workflowOf: async () => workflow,
    send: async () => {},
  });
}

async function created(): Promise<Execution> {
  const execution = withRuns({ triage: running() });
  await stores.executions.create(execution);
  return execution;
}

async function changed(execution: Execution): Promise<Execution> {
  const visit = execution.revision + 1;
  const { steps } = withRuns({ triage: running(null, { visit }) });
  const next = nextRevision(execution, { steps });
  await stores.executions.save(next);
  return next;
}

const bodies = () => [...github.comments.values()].map(({ body }) => body);

/** GitHub as one replica reaches it: it stands still before its first comment arrives, until it is let go. */
function frozen() {
  const stands = Promise.withResolvers<void>();
  const goes = Promise.withResolvers<void>();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (
      init?.method === "POST" &&
      new URL(input instanceof Request ? input.url : input).pathname.endsWith("/comments")
    ) {
      stands.resolve();
      await goes.promise;
    }
    return await github.fetch(input, init);
  };
  return { fetch, stands: stands.promise, go: () => goes.resolve() };
}

describe("of several replicas", () => {
  test("all may be told of an execution: it has one comment, at its newest state", async () => {
    const replicas = ["a", "b", "c"].map((self) => replica(self));
    let execution = await created();
    for (let times = 0; times < 5; times++) {
      for (const one of replicas) one.changed(execution);
      execution = await changed(execution);
    }
    replicas[1]?.changed(execution);
    await Promise.all(replicas.map((one) => one.idle()));
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toContain("triage | running | 6×");
    expect(github.writes.filter(({ what }) => what.startsWith("POST"))).toHaveLength(1);
  });

  test("one shows what another did not live to show, and does not wait for it", async () => {
    const ice = frozen();
    const lost = replica("lost", ice.fetch);
    const execution = await created();
    lost.changed(execution);
    await ice.stands;
    alive.delete("lost");
    const other = replica("other");
    await other.takeUp();
    await other.idle();
    expect(bodies()).toHaveLength(1);
    expect((await stores.reports.behind(10)).owed).toEqual([]);
    ice.go();
    await lost.stop();
  });

  test("one that stood still and was taken for dead removes what it wrote late, and shows nothing old", async () => {
    const ice = frozen();
    const late = replica("late", ice.fetch);
    const execution = await created();
    late.changed(execution);
    await ice.stands;
    alive.delete("late");
    const other = replica("other");
    other.changed(await changed(execution));
    await other.idle();
    const [kept] = github.comments.keys();
    alive.add("late");
    ice.go();
    await late.idle();
    await other.idle();
    expect([...github.comments.keys()]).toEqual([kept]);
    expect(bodies()[0]).toContain("triage | running | 2×");
    expect((await stores.reports.behind(10)).owed).toEqual([]);
  });

  test("one that is at it is waited for, and what came meanwhile is shown", async () => {
    const ice = frozen();
    const slow = replica("slow", ice.fetch);
    const execution = await created();
    slow.changed(execution);
    await ice.stands;
    const other = replica("other");
    waits.length = 0;
    other.changed(await changed(execution));
    await new Promise((resolve) => setImmediate(resolve));
    expect(waits).toContain(1_000);
    expect(bodies()).toEqual([]);
    ice.go();
    await Promise.all([slow.idle(), other.idle()]);
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toContain("triage | running | 2×");
  });
});
