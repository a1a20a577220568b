import { expect, test } from "vitest";
import { Reads } from "../../src/state/postgres/reads.ts";

test("what is asked for in one turn is one statement, each key once; what comes later is the next", async () => {
  const statements: (readonly string[])[] = [];
  const reads = new Reads(async (keys) => {
    statements.push(keys);
    return new Map([["a", "1"]]);
  });
  expect(await Promise.all([reads.get("a"), reads.get("b"), reads.get("a")])).toEqual(["1", undefined, "1"]);
  expect(await reads.get("a")).toBe("1");
  expect(statements).toEqual([["a", "b"], ["a"]]);
});

test("a statement that fails rejects all that it was asked for, and is no answer to the next", async () => {
  let down = true;
  const reads = new Reads(async () => {
    if (down) throw new Error("gone");
    return new Map([["a", "1"]]);
  });
  const asked = await Promise.allSettled([reads.get("a"), reads.get("b")]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  down = false;
  expect(await reads.get("a")).toBe("1");
});
