import { expect } from "vitest";
import type { Stores } from "../../src/engine/ports/store.ts";
import { anExecution, nextRevision } from "../support/execution.ts";

/** Over a database of schema version 1 that holds the execution `old`: all that it held, and all that is new. */
export async function keepsAndGains(stores: Stores): Promise<void> {
  const { executions, schedules, deliveries, retention, blobs, definitions } = stores;
  const old = await executions.load("old");
  expect(old).toMatchObject({ schema: 2, wants: null, steps: { a: { since: { round: 0, visit: 0 } } } });
  expect(await executions.unfinished(null, 10)).toEqual(["old"]);
  const about = (await executions.list({ repository: 1000, subject: 1 })).executions.map(({ id }) => id);
  expect(about).toEqual(["old"]);
  expect(await executions.create(anExecution({ id: "rival", slot: "group" }))).toBe("slot_taken");
  expect(await executions.create(anExecution({ id: "queued", wants: "group" }))).toBe("created");
  expect(await executions.queued(1000, "group", 10)).toEqual(["queued"]);
  // What the row awaits was not written down then, so it may be anything, until it is saved again.
  const waits = async () =>
    (await executions.list({ repository: 1000, awaits: ["run:1"] })).executions.map(({ id }) => id);
  expect(await waits()).toEqual(["old"]);
  if (old === null) throw new Error("the old execution is gone");
  // Nobody can tell what it names, so that stays for now.
  const none = { executions: 0, deliveries: 0, blobs: 0, definitions: 0, next: null };
  expect(await retention.blobs(10, null)).toEqual(none);
  expect(await retention.definitions(99, 10, null)).toEqual(none);
  expect(await blobs.get("hash", "old")).toEqual({ text: "text", owned: false });
  expect(await executions.save(nextRevision(old, { slot: null, wants: "group", startedAt: 0 }))).toBe(true);
  expect(await executions.queued(1000, "group", 10)).toEqual(["old", "queued"]);
  expect(await waits()).toEqual([]);
  expect(await retention.blobs(10, null)).toEqual({ ...none, blobs: 1 });
  expect(await blobs.get("hash", "old")).toBeNull();
  // The execution is pinned to it.
  expect(await retention.definitions(99, 10, null)).toEqual(none);
  expect(await definitions.get("h")).toEqual({ path: ".hishamos/old.yml", text: "old" });
  await schedules.replaceFor(1000, []);
  expect(await schedules.nextDue()).toBeNull();
  const [left] = await deliveries.unfinished(10, { noneOf: ["a member"] });
  if (left === undefined) throw new Error("the old delivery is gone");
  expect(left).toMatchObject({ id: "old-guid", holder: null, revision: 0 });
  const taken = { ...left, holder: "me", revision: 1 };
  expect([await deliveries.update(taken), await deliveries.update(taken)]).toEqual([true, false]);
  expect(await deliveries.unfinished(10, { member: "me" })).toEqual([taken]);
  const delivery = { id: "guid", event: "push", payload: { repository: { id: 1000 } }, receivedAt: 1 };
  await deliveries.add({ ...delivery, outcome: null, attempts: 0, holder: null, revision: 1 });
  const recent = await deliveries.recent({ repository: 1000, events: ["push"], limit: 10 });
  expect(recent.map(({ id }) => id)).toEqual(["guid"]);
}
