import { expect, test } from "vitest";
import type { Message } from "../../src/engine/ports/store.ts";
import { startOfTests } from "../support/execution.ts";
import type { Fixture } from "./stores.ts";

function aMessage(id: string, overrides: Partial<Message> = {}): Message {
  return {
    id,
    executionId: "execution",
    at: startOfTests,
    body: { type: "commanded", id, command: "pause", by: "maintainer", step: null, reason: null },
    ...overrides,
  };
}

export function messagesContract({ stores, reopen }: Fixture): void {
  test("an execution without messages has none", async () => {
    expect(await stores().messages.list("execution")).toEqual([]);
    expect(await stores().messages.waiting(10)).toEqual([]);
  });

  test("messages are listed oldest first, by time and then id, of one execution alone", async () => {
    const sent = [
      aMessage("b", { at: startOfTests + 1 }),
      aMessage("c", { at: startOfTests }),
      aMessage("a", { at: startOfTests + 1 }),
      aMessage("x", { executionId: "execution2" }),
    ];
    for (const message of sent) expect(await stores().messages.add(message)).toBe(true);
    const again = await reopen();
    expect(await again.messages.list("execution")).toEqual([sent[1], sent[2], sent[0]]);
    expect(await again.messages.list("execution2")).toEqual([sent[3]]);
  });

  test("a second message of the same id is false and changes nothing, for that execution", async () => {
    await stores().messages.add(aMessage("a"));
    expect(await stores().messages.add(aMessage("a", { at: startOfTests + 1 }))).toBe(false);
    expect(await stores().messages.list("execution")).toEqual([aMessage("a")]);
    expect(await stores().messages.add(aMessage("a", { executionId: "execution2" }))).toBe(true);
  });

  test("of one message sent ten times at once, one is stored", async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => stores().messages.add(aMessage("a"))));
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  test("what is removed is gone, the rest stays", async () => {
    for (const id of ["a", "b", "c"]) await stores().messages.add(aMessage(id));
    await stores().messages.remove("execution", ["a", "c", "never sent"]);
    await stores().messages.remove("execution", []);
    await stores().messages.remove("execution2", ["b"]);
    expect(await stores().messages.list("execution")).toEqual([aMessage("b")]);
  });

  test("waiting names each execution that has messages once", async () => {
    for (const executionId of ["two", "one", "two"]) {
      await stores().messages.add(aMessage(`${executionId} a`, { executionId }));
      await stores().messages.add(aMessage(`${executionId} b`, { executionId }));
    }
    expect(await stores().messages.waiting(10)).toEqual(["one", "two"]);
    expect(await stores().messages.waiting(1)).toHaveLength(1);
    await stores().messages.remove("one", ["one a", "one b"]);
    expect(await stores().messages.waiting(10)).toEqual(["two"]);
  });

  test("waiting goes in pages, and names those of a time alone", async () => {
    for (const [second, executionId] of ["b", "a", "c", "d"].entries()) {
      await stores().messages.add(aMessage("m", { executionId, at: startOfTests + second }));
    }
    const { messages } = stores();
    expect([await messages.waiting(2, null), await messages.waiting(2, "b")]).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    const received = { from: startOfTests + 1, until: startOfTests + 2 };
    expect(await messages.waiting(10, null, received)).toEqual(["a", "c"]);
    expect(await messages.waiting(10, "a", received)).toEqual(["c"]);
  });

  test.for([
    ["a prototype's name", "__proto__"],
    ["slashes and colons", "a/b:c/keyv:d"],
    ["quotes and wildcards", `'"%_\\`],
    ["no text", ""],
    ["NUL and lone surrogates", "a\0\ud800"],
    ["more than an index takes", "ü".repeat(10_000)],
  ] as const)("an id may be any text: %s", async ([, id]) => {
    expect(await stores().messages.add(aMessage(id))).toBe(true);
    expect(await stores().messages.add(aMessage(id))).toBe(false);
    const listed = await stores().messages.list("execution");
    expect(listed).toHaveLength(1);
    await stores().messages.remove(
      "execution",
      listed.map((message) => message.id),
    );
    expect(await stores().messages.list("execution")).toEqual([]);
  });
}
