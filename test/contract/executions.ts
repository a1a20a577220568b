import { expect, test } from "vitest";
import { SlotTaken } from "../../src/engine/ports/store.ts";
import { anExecution, nextRevision } from "../support/execution.ts";
import type { Fixture } from "./stores.ts";

export function executionsContract({ stores, reopen }: Fixture): void {
  test("what is created can be loaded, whole", async () => {
    const execution = anExecution({
      input: { title: "ünïcode 🙂", none: null, list: [1, [2, { a: false }]] },
    });
    expect(await stores().executions.create(execution)).toBe("created");
    expect(await stores().executions.load(execution.id)).toEqual(execution);
  });

  test("what was never created is null, whatever its name", async () => {
    for (const id of ["unknown", "", "__proto__", "constructor"]) {
      expect(await stores().executions.load(id)).toBeNull();
    }
  });

  test("creating twice is one start, and the first document stays", async () => {
    const execution = anExecution({ slot: "group" });
    await stores().executions.create(execution);
    expect(await stores().executions.create({ ...execution, actor: "someone else" })).toBe("exists");
    expect(await stores().executions.load(execution.id)).toEqual(execution);
  });

  test("of the same start made ten times at once, one is created", async () => {
    const execution = anExecution({ slot: "group" });
    const results = await Promise.all(
      Array.from({ length: 10 }, () => stores().executions.create(execution)),
    );
    expect(results.toSorted()).toEqual(["created", ...Array.from({ length: 9 }, () => "exists")]);
  });

  test("of ten starts of one concurrency group at once, one is created; others are not disturbed", async () => {
    const rivals = Array.from({ length: 10 }, () => anExecution({ slot: "group" }));
    const others = Array.from({ length: 10 }, (_, index) => anExecution({ slot: `group ${index}` }));
    const results = await Promise.all([...rivals, ...others].map((each) => stores().executions.create(each)));
    expect(results.slice(0, 10).filter((result) => result === "created")).toHaveLength(1);
    expect(results.slice(0, 10).filter((result) => result === "slot_taken")).toHaveLength(9);
    expect(new Set(results.slice(10))).toEqual(new Set(["created"]));
    const loaded = await Promise.all(rivals.map((each) => stores().executions.load(each.id)));
    expect(loaded.filter((each) => each !== null)).toHaveLength(1);
  });

  test("a group is one repository's own", async () => {
    const there = { id: 2000, owner: "octo-org", name: "another" };
    expect(await stores().executions.create(anExecution({ slot: "group" }))).toBe("created");
    expect(await stores().executions.create(anExecution({ slot: "group", repository: there }))).toBe(
      "created",
    );
  });

  test("a group is free for the next once a save lets it go", async () => {
    const holder = anExecution({ slot: "group" });
    const next = anExecution({ slot: "group" });
    await stores().executions.create(holder);
    expect(await stores().executions.create(next)).toBe("slot_taken");
    await stores().executions.save(nextRevision(holder, { slot: null, state: "completed" }));
    expect(await stores().executions.create(next)).toBe("created");
  });

  test("a save that would take a group held by another rejects, writes nothing and disturbs no other save", async () => {
    const holder = anExecution({ slot: "group" });
    const ended = anExecution({ state: "failed" });
    const others = Array.from({ length: 10 }, () => anExecution());
    for (const each of [holder, ended, ...others]) await stores().executions.create(each);
    const taking = stores().executions.save(nextRevision(ended, { slot: "group", state: "running" }));
    const saves = others.map((other) => stores().executions.save(nextRevision(other)));
    await expect(taking).rejects.toBeInstanceOf(SlotTaken);
    expect(new Set(await Promise.all(saves))).toEqual(new Set([true]));
    expect(await stores().executions.load(ended.id)).toEqual(ended);
  });

  test("a save of the next revision is true, and durable", async () => {
    const execution = anExecution();
    await stores().executions.create(execution);
    const next = nextRevision(execution, { actor: "next" });
    expect(await stores().executions.save(next)).toBe(true);
    expect(await (await reopen()).executions.load(execution.id)).toEqual(next);
  });

  test.for([
    ["the revision that is stored", 5],
    ["an older one", 4],
    ["one from the future", 7],
  ] as const)("a save of %s is false and writes nothing", async ([, revision]) => {
    const execution = anExecution({ revision: 5 });
    await stores().executions.create(execution);
    expect(await stores().executions.save({ ...execution, revision, actor: "stale" })).toBe(false);
    expect(await stores().executions.load(execution.id)).toEqual(execution);
  });

  test("a save of what was never created is false and creates nothing", async () => {
    const execution = anExecution();
    expect(await stores().executions.save(execution)).toBe(false);
    expect(await stores().executions.load(execution.id)).toBeNull();
  });

  test("of ten saves of one revision at once, exactly one is true, and its document is stored", async () => {
    const execution = anExecution();
    await stores().executions.create(execution);
    const saves = Array.from({ length: 10 }, (_, index) =>
      nextRevision(execution, { actor: `holder ${index}` }),
    );
    const results = await Promise.all(saves.map((each) => stores().executions.save(each)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await stores().executions.load(execution.id)).toEqual(saves[results.indexOf(true)]);
  });

  test("saves of one execution, called one after the other without waiting, are all true", async () => {
    const execution = anExecution();
    await stores().executions.create(execution);
    const saves = [];
    for (let next = nextRevision(execution); next.revision <= 20; next = nextRevision(next)) {
      saves.push(stores().executions.save(next));
    }
    expect(new Set(await Promise.all(saves))).toEqual(new Set([true]));
    expect((await stores().executions.load(execution.id))?.revision).toBe(20);
  });

  test("of 200 saves at once with every third stale, only the stale are false", async () => {
    const executions = Array.from({ length: 200 }, () => anExecution());
    await Promise.all(executions.map((each) => stores().executions.create(each)));
    const results = await Promise.all(
      executions.map((each, index) => stores().executions.save(index % 3 === 0 ? each : nextRevision(each))),
    );
    expect(results).toEqual(executions.map((_, index) => index % 3 !== 0));
    const again = await reopen();
    const revisions = await Promise.all(
      executions.map(async ({ id }) => (await again.executions.load(id))?.revision),
    );
    expect(revisions).toEqual(executions.map((_, index) => (index % 3 === 0 ? 1 : 2)));
  });

  test("text that no database takes is stored as U+FFFD, keys and values", async () => {
    const execution = anExecution({
      actor: "a\0b",
      slot: "slot\0\ud800",
      input: { "key\0": "\ud83d lone \udc00", escaped: "\\u0000 \\ud800", pair: "🙂" },
    });
    expect(await stores().executions.create(execution)).toBe("created");
    const { executions } = await stores().executions.list({ slot: "slot\0\ud800" });
    expect(executions.map(({ id }) => id)).toEqual([execution.id]);
    expect(await stores().executions.load("\0\ud800")).toBeNull();
    expect(await stores().executions.load(execution.id)).toEqual({
      ...execution,
      actor: "a\ufffdb",
      slot: "slot\ufffd\ufffd",
      input: { "key\ufffd": "\ufffd lone \ufffd", escaped: "\\u0000 \\ud800", pair: "🙂" },
    });
  });

  test("keys that users choose are keys like any other", async () => {
    const input = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": 1, "": 2, ":colon": ":base64:aGk="}',
    );
    const execution = anExecution({ input });
    await stores().executions.create(execution);
    const loaded = await stores().executions.load(execution.id);
    expect(Object.entries(loaded?.input ?? {})).toEqual(Object.entries(input));
    expect(Object.hasOwn({}, "polluted")).toBe(false);
  });

  test("a group's name may have 800 characters, and no more", async () => {
    const letters = Array.from({ length: 800 }, (_, index) => String.fromCharCode(0x4e00 + index * 7));
    expect(await stores().executions.create(anExecution({ slot: letters.join("") }))).toBe("created");
    const tooLong = stores().executions.create(anExecution({ slot: "x".repeat(801) }));
    await expect(tooLong).rejects.toThrow("a concurrency group has at most 800 characters, this one 801");
  });

  test("a document of two megabytes is stored whole", async () => {
    const execution = anExecution({ input: { text: "x".repeat(2_000_000) } });
    await stores().executions.create(execution);
    expect(await stores().executions.save(nextRevision(execution))).toBe(true);
    expect((await (await reopen()).executions.load(execution.id))?.input).toEqual(execution.input);
  });

  test("a document of a newer release is refused when read", async () => {
    const newer = { ...anExecution(), schema: 3 as unknown as 2 };
    await stores().executions.create(newer);
    await expect(stores().executions.load(newer.id)).rejects.toMatchObject({ problem: { code: "HOS604" } });
  });
}
