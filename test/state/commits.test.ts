import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Commits } from "../../src/state/sqlite/commits.ts";

let database: DatabaseSync;
let commits: Commits;
beforeEach(() => {
  database = new DatabaseSync(":memory:");
  database.exec(`
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED, text TEXT)`);
  commits = new Commits(database);
});
afterEach(() => database.close());

const write = (sql: string) => commits.add(() => database.prepare(sql).run().changes);
const count = () => database.prepare("SELECT count(*) AS rows FROM child").get()?.["rows"];
const statuses = async (writes: Promise<unknown>[]) =>
  (await Promise.allSettled(writes)).map(({ status }) => status);

test("writes of one tick are one transaction, and none is there before it", async () => {
  const writes = [1, 2, 3].map(() => write("INSERT INTO child VALUES (NULL, 'a')"));
  expect(count()).toBe(0);
  expect(await Promise.all(writes)).toEqual([1, 1, 1]);
  expect(count()).toBe(3);
});

test("a commit that fails rejects every write of it, and the next one works", async () => {
  const writes = [
    write("INSERT INTO child VALUES (NULL, 'a')"),
    write("INSERT INTO child VALUES (7, 'orphan')"),
  ];
  expect(await statuses(writes)).toEqual(["rejected", "rejected"]);
  expect(count()).toBe(0);
  expect(await write("INSERT INTO child VALUES (NULL, 'b')")).toBe(1);
});

test("a full database rejects, keeps what was committed, and works again once there is room", async () => {
  await write("INSERT INTO child VALUES (NULL, 'a')");
  database.exec("PRAGMA max_page_count = 4");
  const large = write("INSERT INTO child VALUES (NULL, zeroblob(1000000))");
  expect(await statuses([large, write("INSERT INTO child VALUES (NULL, zeroblob(1000000))")])).toEqual([
    "rejected",
    "rejected",
  ]);
  expect(count()).toBe(1);
  database.exec("PRAGMA max_page_count = 1000000");
  expect(await write("INSERT INTO child VALUES (NULL, zeroblob(1000000))")).toBe(1);
});

test("a write that throws is rejected alone", async () => {
  const writes = [
    write("INSERT INTO child VALUES (NULL, 'a')"),
    write("nonsense"),
    write("DELETE FROM parent"),
  ];
  expect(await statuses(writes)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(count()).toBe(1);
});
