import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Stores } from "../../src/engine/ports/store.ts";
import { deliveriesContract } from "./deliveries.ts";
import { executionListsContract } from "./execution-lists.ts";
import { executionsContract } from "./executions.ts";
import { membersContract } from "./members.ts";
import { messagesContract } from "./messages.ts";
import { pacingContract } from "./pacing.ts";
import { reportsContract } from "./reports.ts";
import { retentionContract } from "./retention.ts";
import { schedulesContract } from "./schedules.ts";

/** Fresh, empty stores, and a way to close them and open the same database as a new process would. */
export interface OpenedStores {
  readonly stores: Stores;
  /** Closes the stores that are open and opens the database anew. */
  reopen(): Promise<Stores>;
}

/** What the contract's tests read: the stores of the test that runs. */
export interface Fixture {
  readonly stores: () => Stores;
  readonly reopen: () => Promise<Stores>;
}

/** The promises of `Stores`, to be kept by every database. */
export function storesContract(open: () => Promise<OpenedStores>): void {
  let stores: Stores;
  let opened: OpenedStores;
  const fixture: Fixture = {
    stores: () => stores,
    reopen: async () => {
      stores = await opened.reopen();
      return stores;
    },
  };

  beforeEach(async () => {
    opened = await open();
    stores = opened.stores;
  });
  afterEach(async () => {
    await stores.close();
  });

  describe("executions", () => {
    executionsContract(fixture);
  });
  describe("lists of executions", () => {
    executionListsContract(fixture);
  });
  describe("messages", () => {
    messagesContract(fixture);
  });
  describe("deliveries", () => {
    deliveriesContract(fixture);
  });
  describe("reports", () => {
    reportsContract(fixture);
  });

  describe("schedules", () => {
    schedulesContract(fixture);
  });

  membersContract(fixture);

  describe("pacing", () => {
    pacingContract(fixture);
  });

  describe("definitions and blobs", () => {
    test("a definition comes back with the texts of what it names", async () => {
      const files = { ".hishamos/agents/a.yml": "agent: {}", __proto__name: "", "./qa.yml": ":text" };
      await stores.definitions.put("bundle", { path: "a.yml", text: "one", files }, 1);
      expect(await (await fixture.reopen()).definitions.get("bundle")).toEqual({
        path: "a.yml",
        text: "one",
        files,
      });
    });

    test("a definition never changes once it is put", async () => {
      await stores.definitions.put("hash", { path: "a.yml", text: "one" }, 2);
      await stores.definitions.put("hash", { path: "b.yml", text: "two" }, 1);
      expect(await stores.definitions.get("hash")).toEqual({ path: "a.yml", text: "one" });
      expect(await (await fixture.reopen()).definitions.get("hash")).toEqual({ path: "a.yml", text: "one" });
    });

    test("what was never put is null", async () => {
      expect(await stores.definitions.get("unknown")).toBeNull();
      expect(await stores.blobs.get("__proto__", "one")).toBeNull();
    });

    test.for([
      ["an empty text", ""],
      ["a text that begins with a colon", ":base64:aGk="],
      ["a text of two million characters", "lörem €🙂 ".repeat(200_000)],
    ] as const)("a blob comes back as it was put: %s", async ([, text]) => {
      await stores.blobs.put("hash", text, "one");
      expect(await (await fixture.reopen()).blobs.get("hash", "one")).toEqual({ text, owned: true });
    });
  });

  describe("retention", () => {
    retentionContract(fixture);
  });

  describe("closing", () => {
    test("closes twice without complaint, and rejects what comes after", async () => {
      await stores.close();
      await stores.close();
      await expect(stores.blobs.put("hash", "late", "one")).rejects.toThrow("the stores are closed");
      await expect(stores.blobs.get("hash", "one")).rejects.toThrow("the stores are closed");
      await expect(stores.executions.nextDue()).rejects.toThrow("the stores are closed");
    });

    test("writes that were called before it are durable", async () => {
      const writes = Array.from({ length: 20 }, (_, index) =>
        stores.blobs.put(`hash-${index}`, "text", "one"),
      );
      await Promise.all([...writes, stores.close()]);
      const again = await fixture.reopen();
      expect(await again.blobs.get("hash-19", "one")).toMatchObject({ text: "text" });
    });
  });
}
