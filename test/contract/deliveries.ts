import { expect, test } from "vitest";
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
}
