import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import type { Delivery, HeldBy } from "../../src/engine/ports/store.ts";
import { startOfTests } from "../support/execution.ts";
import type { Fixture } from "./stores.ts";

function aDelivery(id: string, overrides: Partial<Delivery> = {}): Delivery {
  return {
    id,
    event: "issues",
    receivedAt: startOfTests,
    payload: { action: "labeled" },
    outcome: null,
    attempts: 0,
    holder: null,
    revision: 1,
    ...overrides,
  };
}

export function deliveriesContract({ stores, reopen }: Fixture): void {
  test("a delivery is stored once, as it came", async () => {
    const delivery = aDelivery("guid", { payload: { text: ":base64:aGk= \0", nested: { list: [1, null] } } });
    expect(await stores().deliveries.add(delivery)).toBe(true);
    expect(await stores().deliveries.add(aDelivery("guid", { event: "push" }))).toBe(false);
    expect(await (await reopen()).deliveries.get("guid")).toEqual({
      ...delivery,
      payload: { text: ":base64:aGk= \ufffd", nested: { list: [1, null] } },
    });
  });

  test("a delivery that never came is null", async () => {
    expect(await stores().deliveries.get("never")).toBeNull();
  });

  test("the unfinished come oldest first, until they have an outcome", async () => {
    const [late, early, middle] = [
      aDelivery("1", { receivedAt: 3 }),
      aDelivery("2", { receivedAt: 1 }),
      aDelivery("3", { receivedAt: 2 }),
    ];
    for (const delivery of [late, early, middle]) await stores().deliveries.add(delivery);
    expect(await stores().deliveries.unfinished(10)).toEqual([early, middle, late]);
    expect(await stores().deliveries.unfinished(2)).toEqual([early, middle]);

    const begun = { ...early, attempts: 1, revision: 2 };
    const done = { ...middle, outcome: "started an execution", revision: 2 };
    expect(await stores().deliveries.update(begun)).toBe(true);
    expect(await stores().deliveries.update(done)).toBe(true);
    expect(await stores().deliveries.unfinished(10)).toEqual([begun, late]);
    expect(await stores().deliveries.get("3")).toEqual(done);
  });

  test("an outcome may be empty or long", async () => {
    for (const [id, outcome] of [
      ["empty", ""],
      ["long", "🙂".repeat(10_000)],
    ] as const) {
      await stores().deliveries.add(aDelivery(id));
      await stores().deliveries.update(aDelivery(id, { outcome, revision: 2 }));
      expect((await stores().deliveries.get(id))?.outcome).toBe(outcome);
    }
    expect(await stores().deliveries.unfinished(10)).toEqual([]);
  });

  test("the recent ones of a repository come newest first, of the events asked for alone", async () => {
    const of = (repository: Json, event: string, receivedAt: number, outcome: string | null = "processed") =>
      aDelivery(`${event}-${receivedAt}`, { event, receivedAt, outcome, payload: { repository } });
    const [push, opened, labeled] = [
      of({ id: 7 }, "push", 1),
      of({ id: 7 }, "issues", 2),
      of({ id: 7 }, "issues", 3, null),
    ];
    const others = [
      of({ id: 8 }, "issues", 4),
      of({ id: "7" }, "issues", 5),
      of(7, "push", 6),
      of(null, "push", 7),
    ];
    for (const delivery of [labeled, push, ...others, opened]) await stores().deliveries.add(delivery);
    const recent = (events: readonly string[], limit = 10) =>
      stores().deliveries.recent({ repository: 7, events, limit });
    expect(await recent(["issues", "push", "star"])).toEqual([labeled, opened, push]);
    expect(await recent(["issues", "push"], 2)).toEqual([labeled, opened]);
    expect(await recent(["push"])).toEqual([push]);
    expect(await recent(["star"])).toEqual([]);
    expect(await recent([])).toEqual([]);
    const ignored = { ...push, outcome: "ignored", attempts: 1, revision: 2 };
    await stores().deliveries.update(ignored);
    expect(await recent(["push"])).toEqual([ignored]);
  });

  test("of two that take up the same delivery one gets it, and who lost it writes nothing more", async () => {
    const delivery = aDelivery("guid", { holder: "gone" });
    await stores().deliveries.add(delivery);
    const takers = ["a", "b", "c"].map((holder) => ({ ...delivery, holder, revision: 2 }));
    const taken = await Promise.all(takers.map((taker) => stores().deliveries.update(taker)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await stores().deliveries.update({ ...delivery, revision: 2, outcome: "late" })).toBe(false);
    expect(await stores().deliveries.update({ ...delivery, revision: 4, outcome: "ahead" })).toBe(false);
    expect(await stores().deliveries.get("guid")).toEqual(takers[taken.indexOf(true)]);
  });

  test("the unfinished of one member, and those of nobody who is alive", async () => {
    const rows = [
      aDelivery("1", { receivedAt: 1, holder: "a" }),
      aDelivery("2", { receivedAt: 2, holder: "b" }),
      aDelivery("3", { receivedAt: 3, holder: null }),
      aDelivery("4", { receivedAt: 4, holder: "c" }),
      aDelivery("5", { receivedAt: 5, holder: "b", outcome: "done" }),
    ];
    for (const row of rows) await stores().deliveries.add(row);
    const held = async (by: HeldBy, limit = 10) =>
      (await stores().deliveries.unfinished(limit, by)).map(({ id }) => id);
    expect(await held({ member: "b" })).toEqual(["2"]);
    expect(await held({ member: "d" })).toEqual([]);
    expect(await held({ noneOf: ["a"] })).toEqual(["2", "3", "4"]);
    expect(await held({ noneOf: ["a", "c"] })).toEqual(["2", "3"]);
    expect(await held({ noneOf: ["a"] }, 1)).toEqual(["2"]);
    expect(await held({ noneOf: [] })).toEqual(["1", "2", "3", "4"]);
  });

  test("those of one label put on one issue, whatever its case", async () => {
    const of = (
      id: string,
      over: { action?: string; number?: number; name?: string; event?: string } = {},
    ) => {
      const { action = "labeled", number = 12, name = "Bug", event = "issues" } = over;
      const kind = event === "issues" ? "issue" : event;
      const payload = { action, [kind]: { number }, label: { name }, repository: { id: 7 } };
      return aDelivery(id, { event, payload, receivedAt: Number(id) });
    };
    const [pull, issue] = [of("2", { event: "pull_request", name: "BUG" }), of("1")];
    const others = [
      of("3", { action: "unlabeled" }),
      of("4", { number: 1 }),
      of("5", { name: "bugs" }),
      of("6", { event: "discussion" }),
      aDelivery("7", { payload: { action: "labeled", label: null, repository: { id: 7 } } }),
    ];
    for (const delivery of [pull, issue, ...others]) await stores().deliveries.add(delivery);
    const labeled = (repository: number, since = 0) =>
      stores().deliveries.labeled({ repository, number: 12, label: "bUg", since });
    expect(await labeled(7)).toEqual([issue, pull]);
    expect(await labeled(7, 2)).toEqual([pull]);
    expect(await labeled(8)).toEqual([]);
  });
}
