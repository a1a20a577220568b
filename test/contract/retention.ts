import { describe, expect, test } from "vitest";
import type { Execution, TerminalState } from "../../src/core/execution.ts";
import type { Place, Removed } from "../../src/engine/ports/retention.ts";
import { anExecution, nextRevision } from "../support/execution.ts";
import type { Fixture } from "./stores.ts";

const none: Removed = { executions: 0, deliveries: 0, blobs: 0, definitions: 0, next: null };

export function retentionContract({ stores }: Fixture): void {
  const ended = (id: string, at: number, over: Partial<Execution> = {}) => {
    const state: TerminalState = "completed";
    return stores().executions.create(anExecution({ id, state, endedAt: at, updatedAt: at, ...over }));
  };
  const childOf = (execution: string): Partial<Execution> => ({
    parent: { execution, run: { round: 1, path: "a", visit: 1, attempt: 1 } },
  });
  const pinnedTo = (hash: string): Partial<Execution> => ({ workflow: { ...anExecution().workflow, hash } });
  const there = async (...ids: readonly string[]) => {
    const loaded = await Promise.all(ids.map((id) => stores().executions.load(id)));
    return ids.filter((_, index) => loaded[index] !== null);
  };

  describe("executions", () => {
    test("those that ended in time go, oldest first, a step at a time", async () => {
      for (const [id, at] of [
        ["c", 30],
        ["a", 10],
        ["b", 20],
        ["later", 31],
      ] as const)
        await ended(id, at);
      await stores().executions.create(anExecution({ id: "running", updatedAt: 1 }));
      await stores().executions.create(anExecution({ id: "paused", updatedAt: 1, state: "paused" }));
      const { retention } = stores();
      const first = await retention.executions(30, 2, null);
      expect(first).toMatchObject({ executions: 2, next: expect.anything() });
      const all = ["a", "b", "c", "later", "running", "paused"];
      expect(await there(...all)).toEqual(["c", "later", "running", "paused"]);
      expect(await retention.executions(30, 2, first.next)).toEqual({ ...none, executions: 1 });
      expect(await there(...all)).toEqual(["later", "running", "paused"]);
      expect(await retention.executions(30, 2, null)).toEqual(none);
    });

    test("with all that is theirs, and nothing that is another's", async () => {
      const { messages, reports, leases, blobs, retention } = stores();
      await ended("old", 1);
      await ended("new", 100);
      for (const id of ["old", "new"]) {
        const body = {
          type: "commanded",
          id: "m",
          command: "pause",
          by: "a",
          step: null,
          reason: null,
        } as const;
        await messages.add({ id: "m", executionId: id, at: 1, body });
        await reports.put({ executionId: id, revision: 1, shown: {} });
        await leases.put({ name: `report/${id}`, holder: "a", revision: 1 });
        await blobs.put("shared", "the same text", id);
      }
      await blobs.put("answer", "its own", "old");
      expect(await retention.executions(50, 10, null)).toEqual({ ...none, executions: 1, blobs: 2 });
      const left = async (id: string) => [
        (await messages.list(id)).length,
        await reports.get(id),
        await leases.get(`report/${id}`),
        await blobs.get("shared", id),
      ];
      expect(await left("old")).toEqual([0, null, null, null]);
      expect(await left("new")).toEqual([
        1,
        expect.anything(),
        expect.anything(),
        { text: "the same text", owned: true },
      ]);
    });

    test("a child stays for as long as its parent, and goes after it, and its child after it", async () => {
      await ended("child of one that runs", 1, childOf("running"));
      await stores().executions.create(anExecution({ id: "running" }));
      await ended("grandchild", 2, childOf("child"));
      await ended("child", 3, childOf("top"));
      await ended("top", 4);
      const { retention } = stores();
      const all = ["child of one that runs", "running", "grandchild", "child", "top"];
      expect(await retention.executions(3, 10, null)).toEqual(none);
      expect(await there(...all)).toEqual(all);
      for (const gone of ["top", "child", "grandchild"]) {
        expect(await retention.executions(4, 10, null)).toEqual({ ...none, executions: 1 });
        expect(await there(gone)).toEqual([]);
      }
      expect(await retention.executions(4, 10, null)).toEqual(none);
      expect(await there(...all)).toEqual(["child of one that runs", "running"]);
    });

    test("one that is begun anew while it is removed is kept whole, or is gone whole", async () => {
      const { executions, blobs, retention } = stores();
      const ids = Array.from({ length: 20 }, (_, index) => `each-${index}`);
      const old = ids.map((id) => anExecution({ id, state: "failed", endedAt: 1, updatedAt: 1 }));
      await Promise.all(old.map((each) => executions.create(each)));
      await Promise.all(ids.map((id) => blobs.put("hash", "text", id)));
      const [saved, removed] = await Promise.all([
        Promise.all(
          old.map((each) => executions.save(nextRevision(each, { state: "running", updatedAt: 99 }))),
        ),
        retention.executions(50, 100, null),
      ]);
      const kept = ids.filter((_, index) => saved[index]);
      expect(removed.executions).toBe(ids.length - kept.length);
      expect(await there(...ids)).toEqual(kept);
      for (const id of ids) expect((await blobs.get("hash", id)) !== null).toBe(kept.includes(id));
    });
  });

  test("deliveries go by when they came, once they have an outcome", async () => {
    const { deliveries, retention } = stores();
    const rows = [
      ["a", 1, "done"],
      ["b", 2, "done"],
      ["c", 1, null],
      ["d", 3, "done"],
    ] as const;
    for (const [id, receivedAt, outcome] of rows) {
      const facts = { event: "push", payload: {}, attempts: 0, holder: null, revision: 1 };
      await deliveries.add({ ...facts, id, receivedAt, outcome });
    }
    let place: Place = null;
    let count = 0;
    do {
      const removed: Removed = await retention.deliveries(2, 1, place);
      count += removed.deliveries;
      place = removed.next;
    } while (place !== null);
    expect(count).toBe(2);
    const left = await Promise.all(rows.map(([id]) => deliveries.get(id)));
    expect(left.map((each) => each?.id)).toEqual([undefined, undefined, "c", "d"]);
  });

  describe("definitions", () => {
    test("go where no execution names them and no start has needed them lately", async () => {
      const { definitions, retention } = stores();
      for (const hash of ["named", "free", "fresh", "needed again"]) {
        await definitions.put(hash, { path: "a.yml", text: hash }, hash === "fresh" ? 100 : 1);
      }
      await definitions.put("needed again", { path: "b.yml", text: "another" }, 100);
      await ended("old", 1, pinnedTo("named"));
      let count = 0;
      for (let place: Place = null; ; ) {
        const removed: Removed = await retention.definitions(50, 3, place);
        count += removed.definitions;
        place = removed.next;
        if (place === null) break;
      }
      expect(count).toBe(1);
      expect(await definitions.get("free")).toBeNull();
      expect(await definitions.get("needed again")).toEqual({ path: "a.yml", text: "needed again" });
      await retention.executions(50, 10, null);
      expect(await retention.definitions(50, 10, null)).toEqual({ ...none, definitions: 1 });
      expect(await definitions.get("named")).toBeNull();
    });
  });
}
