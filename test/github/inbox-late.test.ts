import { expect, test } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { type Delivery, silentLog } from "../../src/engine/ports/index.ts";
import { createInbox } from "../../src/github/inbox.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";

test("a store that does not answer in time is no reason to let GitHub wait, and what is stored late is processed", async () => {
  const stores = await openSqliteStores({ directory: ":memory:" });
  const clock = new SimulatedClock();
  const asked = Promise.withResolvers<Delivery>();
  const answer = Promise.withResolvers<boolean>();
  const deliveries = {
    ...stores.deliveries,
    add(delivery: Delivery) {
      asked.resolve(delivery);
      return answer.promise;
    },
  };
  const processed: string[] = [];
  const inbox = createInbox({
    deliveries,
    members: { self: "me", isAlive: async (id) => id === "me", alive: async () => ["me"] },
    clock,
    log: silentLog,
    process: async ({ id }) => {
      processed.push(id);
      return "processed";
    },
  });
  inbox.start();
  await inbox.idle();
  const accepted = inbox.accept({ id: "one", event: "issues", payload: {} });
  const delivery = await asked.promise;
  clock.advance(5_000);
  expect(await accepted).toMatchObject({ result: "unavailable" });
  expect(clock.next()).toBeNull();

  answer.resolve(await stores.deliveries.add(delivery));
  await answer.promise;
  await new Promise(setImmediate);
  clock.advance(5_000);
  await inbox.idle();
  expect(processed).toEqual(["one"]);
  await inbox.stop();
  await stores.close();
});
