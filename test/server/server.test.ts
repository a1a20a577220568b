import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";

const directory = mkdtempSync(join(tmpdir(), "hishamos-server-"));
afterAll(() => rmSync(directory, { recursive: true }));
const server = new URL("../../src/server.ts", import.meta.url).pathname;
const cli = new URL("../../bin/hishamos.js", import.meta.url).pathname;

async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, args, { env: { PATH: process.env["PATH"], ...env }, stdio: "pipe" });
  child.stdin.end();
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { stdout, stderr, code };
}

test.for([
  { what: "npm start", args: [server] },
  { what: "hishamos serve", args: [cli, "serve"] },
])("$what says all that is missing, and ends before it has made anything", async ({ args }) => {
  const data = join(directory, "data");
  const { stdout, stderr, code } = await run(args, {
    HISHAMOS_DATA_DIR: data,
    PORT: "x",
    PRIVATE_KEY: "s3cret",
  });
  expect(code).toBe(2);
  expect(stdout).toBe("");
  for (const name of ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET", "PORT"]) expect(stderr).toContain(name);
  expect(stderr).not.toContain("s3cret");
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(existsSync(data)).toBe(false);
});
