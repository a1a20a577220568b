import { Keyv } from "keyv";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DocumentStorage } from "../../src/state/storage.ts";

interface OpenedStorage {
  readonly store: DocumentStorage;
  close(): Promise<void>;
}

/** What Keyv promises its users, over a table of ours without a fence. */
export function keyvContract(open: () => Promise<OpenedStorage>): void {
  let opened: OpenedStorage;
  let keyv: Keyv;
  beforeEach(async () => {
    opened = await open();
    await opened.store.clear();
    keyv = new Keyv({ store: opened.store, throwOnErrors: true, namespace: "", useKeyPrefix: false });
  });
  afterEach(() => opened.close());

  test("get, set, has and delete", async () => {
    expect(await keyv.get("key")).toBeUndefined();
    expect(await keyv.set("key", { a: [1, null] })).toBe(true);
    expect(await keyv.set("key", { a: [2, null] })).toBe(true);
    expect(await keyv.get("key")).toEqual({ a: [2, null] });
    expect([await keyv.has("key"), await keyv.has("other")]).toEqual([true, false]);
    expect(await keyv.has(["other", "key"])).toEqual([false, true]);
    expect([await keyv.delete("key"), await keyv.delete("key")]).toEqual([true, false]);
    expect(await keyv.get("key")).toBeUndefined();
  });

  test("many at once", async () => {
    const entries = ["a", "b", "c"].map((key) => ({ key, value: `value of ${key}` }));
    expect(await keyv.setMany(entries)).toEqual([true, true, true]);
    expect(await keyv.get(["c", "none", "a"])).toEqual(["value of c", undefined, "value of a"]);
    expect(await keyv.delete(["a", "c", "none"])).toBe(true);
    expect(await keyv.delete(["none"])).toBe(false);
    expect(await keyv.get(["a", "b"])).toEqual([undefined, "value of b"]);
  });

  test("a value with a time to live is gone afterwards", async () => {
    await keyv.set("gone", "value", -1);
    await keyv.set("stays", "value", 60_000);
    expect(await keyv.get(["gone", "stays"])).toEqual([undefined, "value"]);
  });

  test("the iterator walks every entry once, over many pages, until they are cleared", async () => {
    const keys = Array.from({ length: 250 }, (_, index) => `key ${index}`);
    await keyv.setMany(keys.map((key) => ({ key, value: key.length })));
    expect(await entriesOf(keyv)).toEqual(new Map(keys.map((key) => [key, key.length])));
    await keyv.clear();
    expect(await entriesOf(keyv)).toEqual(new Map());
  });
}

async function entriesOf(keyv: Keyv): Promise<Map<string, unknown>> {
  const entries = new Map<string, unknown>();
  for await (const [key, value] of keyv.iterator?.({}) ?? []) {
    expect(entries.has(key)).toBe(false);
    entries.set(key, value);
  }
  return entries;
}
