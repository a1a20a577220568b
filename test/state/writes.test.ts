import { expect, test } from "vitest";
import { type Operation, Writes } from "../../src/state/postgres/writes.ts";

/** An operation whose statements are answered by hand, in any order. */
function aTable(table: string) {
  const statements: { readonly keys: readonly string[]; readonly answer: () => void }[] = [];
  const operation: Operation<string> = {
    table,
    perform(entries) {
      const keys = entries.map(({ key }) => key);
      const { promise, resolve } = Promise.withResolvers<readonly string[]>();
      statements.push({ keys, answer: () => resolve(keys) });
      return promise;
    },
  };
  return { operation, sizes: () => statements.map(({ keys }) => keys.length), statements };
}

const tick = () => new Promise(setImmediate);

function adder(writes: Writes, { operation }: ReturnType<typeof aTable>) {
  let made = 0;
  return (count: number) =>
    Promise.all(
      Array.from({ length: count }, () => writes.add(operation, { key: `key-${made++}`, text: "" })),
    );
}

test("who writes again when answered goes in one statement with those who waited", async () => {
  const writes = new Writes(1);
  const table = aTable("t");
  const add = adder(writes, table);
  const again = add(1).then(() => add(1));
  await tick();
  const waited = add(2);
  table.statements[0]?.answer();
  await tick();
  await tick();
  expect(table.sizes()).toEqual([1, 3]);
  table.statements[1]?.answer();
  expect([await again, await waited]).toEqual([["key-3"], ["key-1", "key-2"]]);
});

test("two small statements at once, then small writes wait for company, and large ones for nothing", async () => {
  const writes = new Writes(4);
  const table = aTable("t");
  const add = adder(writes, table);
  const all = [add(1)];
  await tick();
  all.push(add(2));
  await tick();
  all.push(add(3));
  await tick();
  expect(table.sizes()).toEqual([1, 2]);
  all.push(add(30));
  await tick();
  expect(table.sizes()).toEqual([1, 2, 17, 16]);
  for (const { answer } of table.statements) answer();
  expect((await Promise.all(all)).flat()).toHaveLength(36);
});

test("small writes go as soon as one of the small statements ends, however busy a large one is", async () => {
  const writes = new Writes(3);
  const [busy, table] = [aTable("busy"), aTable("t")];
  const add = adder(writes, table);
  const large = adder(writes, busy)(16);
  const all = [add(1)];
  await tick();
  all.push(add(1));
  await tick();
  all.push(add(5));
  await tick();
  table.statements[0]?.answer();
  await tick();
  await tick();
  expect([busy.sizes(), table.sizes()]).toEqual([[16], [1, 1, 5]]);
  for (const { answer } of [...busy.statements, ...table.statements]) answer();
  expect((await Promise.all([large, ...all])).flat()).toHaveLength(23);
});

test("closing writes what waits first", async () => {
  const writes = new Writes(1);
  const table = aTable("t");
  const add = adder(writes, table);
  const all = [add(1)];
  await tick();
  all.push(add(2));
  const closed = writes.close();
  table.statements[0]?.answer();
  await tick();
  await tick();
  expect(table.sizes()).toEqual([1, 2]);
  table.statements[1]?.answer();
  await closed;
  expect((await Promise.all(all)).flat()).toHaveLength(3);
  await expect(add(1)).rejects.toThrow("the stores are closed");
});
