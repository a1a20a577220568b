import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import type { Delivery } from "../../src/engine/ports/store.ts";
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

    const begun = { ...early, attempts: 1 };
    await stores().deliveries.update(begun);
    await stores().deliveries.update({ ...middle, outcome: "started an execution" });
    expect(await stores().deliveries.unfinished(10)).toEqual([begun, late]);
    expect(await stores().deliveries.get("3")).toEqual({ ...middle, outcome: "started an execution" });
  });

  test("an outcome may be empty or long", async () => {
    for (const [id, outcome] of [
      ["empty", ""],
      ["long", "🙂".repeat(10_000)],
    ] as const) {
      await stores().deliveries.add(aDelivery(id));
      await stores().deliveries.update(aDelivery(id, { outcome }));
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
    await stores().deliveries.update({ ...push, outcome: "ignored", attempts: 1 });
    expect(await recent(["push"])).toEqual([{ ...push, outcome: "ignored", attempts: 1 }]);
  });
}
