import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportCommand } from "../../src/cli/export.ts";
import { importCommand } from "../../src/cli/import.ts";
import type { Stores } from "../../src/engine/ports/store.ts";
import { exportLines } from "../../src/state/archive/export.ts";
import { importLines, refuseUnfinishedImport } from "../../src/state/archive/import.ts";
import { linesOf } from "../../src/state/archive/lines.ts";
import { openSnapshot } from "../../src/state/archive/snapshot.ts";
import { openPostgresDatabase, openPostgresStores } from "../../src/state/postgres/open.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { openStores } from "../../src/state/stores.ts";
import { anExecution, nextRevision } from "../support/execution.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";

const root = mkdtempSync(join(tmpdir(), "hishamos-archive-"));
let server: TestPostgres;
let databases = 0;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

async function newPostgres(): Promise<string> {
  const name = `archive_${process.pid}_${databases++}`;
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  await client.end();
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}
const newDirectory = () => mkdtempSync(join(root, "data-"));
const inDirectory = (directory: string) => ({ HISHAMOS_DATA_DIR: directory });
const inPostgres = (url: string) => ({ DATABASE_URL: url });
const newFile = (name = "all.jsonl") => join(mkdtempSync(join(root, "file-")), name);

/** Some of everything, in more than one page; with what JSON, lines and databases stumble over. */
async function fill(stores: Stores, count = 450): Promise<void> {
  const odd = "ä🙂 \u2028 \u2029 \0 \ud800 \\n \r\n\t \u0085 end";
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      stores.executions.create(
        anExecution({ id: `é-${index}`, event: { odd, index: index / 3 }, updatedAt: index }),
      ),
    ),
  );
  await stores.executions.save(nextRevision(anExecution({ id: "é-7" }), { slot: "group", due: 99 }));
  const body = { type: "commanded", id: "m", command: "pause", by: "a", step: null, reason: odd } as const;
  await stores.messages.add({ id: "m", executionId: "é-1", at: 1, body });
  await stores.definitions.put("hash", { path: "a.yml", text: odd, files: { ["__proto__"]: "x" } }, 1);
  const delivery = { event: "push", outcome: null, attempts: 0, holder: null, revision: 1, receivedAt: 5 };
  await stores.deliveries.add({ ...delivery, id: "guid", payload: { "10": 1, "9": 2, odd } });
  await stores.reports.put({ executionId: "é-1", revision: 1, shown: { a: [null, -0.5, 1e21] } });
  for (let index = 0; index < 25; index++)
    await stores.blobs.put(`hash-${index}`, JSON.stringify(odd.repeat(3_000)), "é-1");
  const repository = { id: 1, owner: "o", name: "n" };
  await stores.schedules.replaceFor(1, [
    { id: "s", repository, installation: 1, path: "a.yml", cron: "* * * * *", timezone: "UTC", next: 7 },
  ]);
  await stores.notes.put("sweep", { at: 1 });
}

async function run(
  command: typeof exportCommand | typeof importCommand,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly said: string }> {
  let said = "";
  const code = await command([file], { stdout: () => {}, stderr: (text) => void (said += text) }, env);
  return { code, said };
}

const bodyOf = (file: string) => readFileSync(file, "utf8").split("\n").slice(1);

test("embedded to Postgres to embedded: nothing is added, lost or changed on the way", async () => {
  const [first, last] = [newDirectory(), newDirectory()];
  const stores = await openSqliteStores({ directory: first });
  await fill(stores);
  await stores.close();
  const url = await newPostgres();
  const files = [newFile(), newFile(), newFile("all.jsonl.gz"), newFile()];
  const [a = "", b = "", c = "", d = ""] = files;
  const steps = [
    await run(exportCommand, a, inDirectory(first)),
    await run(importCommand, a, inPostgres(url)),
    await run(exportCommand, b, inPostgres(url)),
    await run(exportCommand, c, inPostgres(url)),
    await run(importCommand, c, inDirectory(last)),
    await run(exportCommand, d, inDirectory(last)),
  ];
  expect(steps.map(({ code }) => code)).toEqual(steps.map(() => 0));
  expect(steps[1]?.said).toContain("imported 450 executions, 1 messages, 1 definitions");
  expect(bodyOf(a)).toHaveLength(450 + 1 + 1 + 1 + 1 + 25 + 1 + 1 + 2);
  expect(bodyOf(b)).toEqual(bodyOf(a));
  expect(bodyOf(d)).toEqual(bodyOf(a));
  const there = await openPostgresStores({ url });
  expect(await there.executions.nextDue()).toBe(99);
  expect(await there.executions.create(anExecution({ id: "rival", slot: "group" }))).toBe("slot_taken");
  await there.close();
  expect(await run(importCommand, a, inPostgres(url))).toMatchObject({
    code: 1,
    said: expect.stringMatching(/HOS615.*executions has 450 rows/s),
  });
});

test("an export is of one moment, whatever is saved while it is made", async () => {
  const url = await newPostgres();
  const stores = await openPostgresStores({ url });
  await fill(stores, 300);
  const snapshot = await openSnapshot({ databaseUrl: url });
  const lines: string[] = [];
  for await (const line of exportLines(snapshot, { id: "x", exportedAt: "" })) {
    if (lines.length === 1) {
      await stores.executions.create(anExecution({ id: "é-zzz" }));
      await stores.notes.put("later", {});
    }
    lines.push(line);
  }
  await snapshot.close();
  expect(lines.join("")).not.toContain("zzz");
  expect(lines.join("")).not.toContain('"later"');
  expect(await stores.executions.load("é-zzz")).not.toBeNull();
  await stores.close();
});

describe("an import", () => {
  let whole: string;
  let lines: readonly string[];
  beforeAll(async () => {
    const directory = newDirectory();
    const stores = await openSqliteStores({ directory });
    await fill(stores, 20);
    await stores.close();
    whole = newFile();
    await run(exportCommand, whole, inDirectory(directory));
    lines = readFileSync(whole, "utf8").trimEnd().split("\n");
  });

  function fileOf(some: readonly string[]): string {
    const file = newFile();
    writeFileSync(file, `${some.join("\n")}\n`);
    return file;
  }

  test.for([
    ["embedded", async () => inDirectory(newDirectory())],
    ["Postgres", async () => inPostgres(await newPostgres())],
  ] as const)(
    "that was broken off goes on with the same file, and no service starts before: %s",
    async ([, make]) => {
      const env: Readonly<Record<string, string>> = await make();
      const open = () =>
        env["DATABASE_URL"] === undefined
          ? openSqliteStores({ directory: env["HISHAMOS_DATA_DIR"] ?? "" })
          : openPostgresStores({ url: env["DATABASE_URL"] });
      expect(await run(importCommand, fileOf(lines.slice(0, 10)), env)).toMatchObject({
        code: 1,
        said: expect.stringMatching(/HOS613.*cut off after line 10/s),
      });
      const stores = await open();
      await expect(refuseUnfinishedImport(stores.notes)).rejects.toMatchObject({
        problem: { code: "HOS617" },
      });
      await stores.close();
      const another = [(lines[0] ?? "").replace(/"id":"[^"]+"/, '"id":"another"'), ...lines.slice(1)];
      expect((await run(importCommand, fileOf(another), env)).said).toContain("an import of another file");
      expect(await run(importCommand, whole, env)).toMatchObject({ code: 0 });
      const again = await open();
      await refuseUnfinishedImport(again.notes);
      await again.close();
      const file = newFile();
      await run(exportCommand, file, env);
      expect(bodyOf(file)).toEqual(bodyOf(whole));
    },
  );

  const wrong: readonly (readonly [string, (all: readonly string[]) => readonly string[], RegExp])[] = [
    ["an empty file", () => [], /HOS613.*header/s],
    ["something else", () => ["hello"], /HOS613.*header/s],
    ["one without its end", (all) => all.slice(0, -1), /HOS613.*cut off/s],
    ["one from which a line is gone", (all) => all.toSpliced(3, 1), /HOS613.*19 rows of executions.*20/s],
    ["one in which a line is broken", (all) => all.with(3, '{"table":"exec'), /HOS613.*line 4/s],
    [
      "one of another table",
      (all) => all.with(3, '{"table":"members","key":"a","facts":{},"value":1}'),
      /HOS613.*line 4/s,
    ],
    ["one that goes on after its end", (all) => [...all, all[1] ?? ""], /HOS613.*after its end/s],
    [
      "one of a newer schema",
      (all) => all.with(0, (all[0] ?? "").replace(/"schema":\d+/, '"schema":99')),
      /HOS614/,
    ],
    [
      "one in a newer format",
      (all) => all.with(0, (all[0] ?? "").replace('"version":1', '"version":2')),
      /HOS614/,
    ],
  ];
  test.for(wrong)("of %s is refused", async ([, change, says]) => {
    const result = await run(importCommand, fileOf(change(lines)), inDirectory(newDirectory()));
    expect(result).toMatchObject({ code: 1, said: expect.stringMatching(says) });
  });

  test("of a compressed file that was cut off is refused", async () => {
    const url = inDirectory(newDirectory());
    const file = newFile("all.jsonl.gz");
    await run(importCommand, whole, url);
    await run(exportCommand, file, url);
    writeFileSync(file, readFileSync(file).subarray(0, 500));
    expect((await run(importCommand, file, inDirectory(newDirectory()))).said).toContain("HOS613");
  });

  test("that goes on beside something else that was stored meanwhile is refused", async () => {
    const env = inDirectory(newDirectory());
    await run(importCommand, fileOf(lines.slice(0, 10)), env);
    const stores = await openSqliteStores({ directory: env.HISHAMOS_DATA_DIR });
    await stores.executions.create(anExecution({ id: "of another" }));
    await stores.close();
    const { code, said } = await run(importCommand, whole, env);
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/HOS615.*executions has 21 rows, and the export 20/s),
    ]);
  });

  test("that goes on where a row has changed meanwhile is refused", async () => {
    const env = inDirectory(newDirectory());
    await run(importCommand, fileOf(lines.slice(0, 10)), env);
    const stores = await openSqliteStores({ directory: env.HISHAMOS_DATA_DIR });
    const known = await stores.executions.load("é-0");
    if (known === null) throw new Error("it is not there");
    await stores.executions.save(nextRevision(known, {}));
    await stores.close();
    expect((await run(importCommand, whole, env)).said).toMatch(/HOS615.*another row "é-0"/s);
  });

  test("into a store that processes work on is refused, and not because one of them died there", async () => {
    const database = await openPostgresDatabase({ url: await newPostgres() });
    const { members } = openStores(database);
    await members.beat("dead", 7);
    await members.beat("alive", 1);
    const imported = (beats: number) =>
      importLines({
        database,
        lines: linesOf(Readable.from([readFileSync(whole, "utf8")])),
        now: () => 1,
        wait: () => members.beat("alive", beats),
      });
    await expect(imported(2)).rejects.toMatchObject({ problem: { code: "HOS616" } });
    expect(await imported(2)).toMatchObject({ executions: 20 });
    await database.close();
  });

  test("of rows that a release before wrote in another shape takes them as they are", async () => {
    const directory = newDirectory();
    const old = lines.map((line) => line.replace('"facts":{"revision":1,', '"facts": {"revision":1,'));
    expect(await run(importCommand, fileOf(old), inDirectory(directory))).toMatchObject({ code: 0 });
    const file = newFile();
    await run(exportCommand, file, inDirectory(directory));
    expect(bodyOf(file)).toEqual(bodyOf(whole));
  });
});

test("of what is not there nothing is exported, and nothing is made", async () => {
  const directory = newDirectory();
  for (const env of [inDirectory(directory), inPostgres(await newPostgres())]) {
    expect(await run(exportCommand, newFile(), env)).toMatchObject({
      code: 1,
      said: expect.stringContaining("HOS612"),
    });
  }
});

test("lines are those that \\n ends, wherever the pieces are cut", async () => {
  const text = "one\n\ntwo \u2028 \r three\nfour";
  for (let size = 1; size < text.length; size++) {
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    const lines: string[] = [];
    for await (const line of linesOf(Readable.from(pieces))) lines.push(line);
    expect(lines).toEqual(["one", "", "two \u2028 \r three", "four"]);
  }
});
