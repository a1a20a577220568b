import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";

const directory = mkdtempSync(join(tmpdir(), "hishamos-server-"));
afterAll(() => rmSync(directory, { recursive: true }));
const server = new URL("../../src/server.ts", import.meta.url).pathname;
const cli = new URL("../../bin/hishamos.js", import.meta.url).pathname;

async function run(args: readonly string[], env: Readonly<Record<string, string>>, input = "") {
  const child = spawn(process.execPath, args, { env: { PATH: process.env["PATH"], ...env }, stdio: "pipe" });
  child.stdin.end(input);
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

test("no service starts on a store into which an import was broken off", async () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const env = { HISHAMOS_DATA_DIR: join(directory, "broken"), PORT: "0" };
  const header = {
    format: "hishamos-export",
    version: 1,
    schema: 5,
    id: "a",
    exportedAt: "",
    from: "embedded",
  };
  const imported = await run([cli, "import"], env, `${JSON.stringify(header)}\n`);
  expect(imported).toMatchObject({ code: 1, stderr: expect.stringContaining("HOS613") });
  const app = { APP_ID: "1", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "s" };
  const served = await run([cli, "serve"], { ...env, ...app });
  expect(served).toMatchObject({ code: 2, stderr: expect.stringContaining("HOS617") });
  const exported = await run([cli, "export"], env);
  expect(exported.stdout.split("\n")[1]).toMatch(/^\{"end":true,"rows":\{"executions":0/);
});
