import { beforeEach, expect, test } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import type { Duty } from "../../src/engine/duty.ts";
import { PinnedDefinitions } from "../../src/engine/pinned.ts";
import { type Log, type SharedQueue, type Stores, silentLog } from "../../src/engine/ports/index.ts";
import { createSweep } from "../../src/engine/sweep.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { aBench, aCommand, anIssue, aStart, done } from "./support.ts";

const second = 1_000;
const minute = 60 * second;

/** A queue that remembers what it is told; nobody takes from it. */
class Told implements SharedQueue {
  readonly attended = new Set<string>();
  readonly takenOver: string[] = [];
  /** What other processes have claimed. */
  readonly claimed = new Set<string>();
  broken: Error | null = null;

  async claim(what: string): Promise<boolean> {
    return !this.claimed.has(what);
  }

  async unattended(ids: readonly string[]): Promise<readonly string[]> {
    if (this.broken) throw this.broken;
    return ids.filter((id) => !this.attended.has(id));
  }

  answeredAt(): null {
    return null;
  }

  takeOver(id: string): void {
    this.takenOver.push(id);
  }
}

let clock: SimulatedClock;
let stores: Stores;
let queue: Told;
let woken: string[];
let errors: string[];
let sweep: Duty;
beforeEach(async () => {
  clock = new SimulatedClock();
  stores = await openSqliteStores({ directory: ":memory:" });
  queue = new Told();
  woken = [];
  errors = [];
  const pinned = new PinnedDefinitions(stores.definitions, () => clock.now());
  const log: Log = { ...silentLog, error: (_, message) => void errors.push(message) };
  const wake = (id: string) => void woken.push(id);
  sweep = createSweep({ stores, pinned, clock, log, shared: queue, wake });
  return async () => {
    await sweep.stop();
    await stores.close();
  };
});

const work = `
name: Work
permissions: { issues: write }
steps: [{ id: fix, action: issues.addLabels, inputs: { issue_number: 1, labels: [x] } }]
`;
const approval = `
name: Approval
steps: [{ id: agree, approval: { by: [command] } }]
`;
const queued = `
name: Queued
permissions: { issues: write }
concurrency: { group: one, on_conflict: queue }
steps: [{ id: fix, action: issues.addLabels, inputs: { issue_number: 1, labels: [x] } }]
`;

let starts = 0;
/** One that is stored and whose wake was lost with the process that stored it. */
async function left(text: string): Promise<string> {
  const { engine } = aBench(stores, () => done(), { clock });
  starts += 1;
  const subject = { ...anIssue, number: starts };
  const started = await engine.start(aStart(text, { subject, occurrence: String(starts) }));
  if (started.result === "invalid") throw new Error(JSON.stringify(started.problems));
  return started.execution.id;
}

test("takes up what owes a step and has no job, once its wake can't come any more", async () => {
  const id = await left(work);
  clock.advance(9 * second);
  await sweep.start();
  expect(queue.takenOver).toEqual([]);
  clock.advance(minute);
  await sweep.idle();
  expect(queue.takenOver).toEqual([id]);
});

test("takes up who is queued for a group, whose turn it may be", async () => {
  const [first, second_] = [await left(queued), await left(queued)];
  queue.attended.add(first);
  clock.advance(minute);
  await sweep.start();
  expect(new Set(queue.takenOver)).toEqual(new Set([second_]));
});

test("leaves alone what waits, what has a job, and what has ended", async () => {
  await left(approval);
  queue.attended.add(await left(work));
  const ended = await left(approval);
  const execution = await stores.executions.load(ended);
  if (execution) {
    await stores.executions.save({ ...execution, revision: 2, state: "completed", slot: null });
  }
  clock.advance(minute);
  await sweep.start();
  expect([queue.takenOver, woken]).toEqual([[], []]);
});

const aMessage = (id: string) => ({ ...aCommand(id, "m", "cancel"), at: clock.now() });
const elsewhere = ["sweep_executions", "sweep_all"];

test.for([
  ["is found within seconds", 0, elsewhere],
  ["of some time ago is found too", 30 * second, elsewhere],
  ["of any time is found within a minute", 10 * minute, ["sweep_messages"]],
] as const)("a message that nobody reads %s", async ([, ago, claimed]) => {
  const [lone, read] = [await left(approval), await left(approval)];
  for (const what of claimed) queue.claimed.add(what);
  for (const id of [lone, read]) await stores.messages.add(aMessage(id));
  queue.attended.add(read);
  clock.advance(ago);
  await sweep.start();
  // One that has just come is on its way to be read.
  expect(woken).toEqual(ago === 0 ? [] : [lone]);
  clock.advance(5 * second);
  await sweep.idle();
  expect([new Set(woken), queue.takenOver]).toEqual([new Set([lone]), []]);
});

test("messages that nobody reads are found on all pages", async () => {
  const ids = Array.from({ length: 1_100 }, (_, at) => `execution-${at}`);
  await Promise.all(ids.map((id) => stores.messages.add(aMessage(id))));
  clock.advance(5 * second);
  await sweep.start();
  expect(new Set(woken)).toEqual(new Set(ids));
});

test.for([
  ["each minute what was saved of late", ["sweep_all"], 5, 1],
  ["each minute not what was saved long ago", ["sweep_all"], 20, 0],
  ["each hour everything", ["sweep_executions"], 20, 1],
  ["nothing where another process does", elsewhere, 5, 0],
] as const)("looks at %s", async ([, claimed, minutes, found]) => {
  await left(work);
  queue.claimed.add("sweep_messages");
  for (const what of claimed) queue.claimed.add(what);
  clock.advance(minutes * minute);
  await sweep.start();
  expect(queue.takenOver).toHaveLength(found);
});

test("goes through all pages", async () => {
  for (let count = 0; count < 450; count++) await left(count % 2 === 0 ? work : approval);
  clock.advance(minute);
  await sweep.start();
  expect(new Set(queue.takenOver).size).toBe(225);
});

test("where it can't look it says so and looks again within a minute, though its turn is an hour", async () => {
  const id = await left(work);
  for (const what of ["sweep_executions", "sweep_messages"]) queue.claimed.add(what);
  queue.broken = new Error("no database");
  clock.advance(minute);
  await sweep.start();
  expect(errors).toEqual(["a duty could not be done; trying again"]);
  queue.broken = null;
  queue.claimed.add("sweep_all");
  clock.advance(minute);
  await sweep.idle();
  expect(queue.takenOver).toEqual([id]);
});

test("after a stop it looks no more", async () => {
  await sweep.start();
  await sweep.stop();
  await left(work);
  clock.advance(10 * minute);
  await sweep.start();
  expect([queue.takenOver, clock.next()]).toEqual([[], null]);
});
