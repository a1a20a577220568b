import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLibrary } from "../../scripts/library/read.ts";
import { initCommand } from "../../src/cli/init.ts";
import { validateCommand } from "../../src/cli/validate.ts";

let folder: string;
let out: string;
let err: string;
const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text) };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hishamos-init-"));
  out = "";
  err = "";
});
afterEach(() => rmSync(folder, { recursive: true }));

const init = (...args: readonly string[]) => initCommand([...args, "--folder", folder], io);

test("without a name it lists the library with what each workflow is for", async () => {
  expect(await init()).toBe(0);
  for (const stem of readLibrary().keys()) expect(out).toMatch(new RegExp(`^ {2}${stem} `, "m"));
  expect(out).toMatch(/ {2}bug-lifecycle +From a report through triage/);
  expect(existsSync(join(folder, ".hishamos"))).toBe(false);
});

test.for([[[]], [["--by-reference"]]])("what it writes is valid, whichever form: %s", async ([flags]) => {
  const names = [...readLibrary().keys()];
  expect(await init(...names, ...(flags ?? []))).toBe(0);
  expect(await validateCommand([join(folder, ".hishamos")], io)).toBe(0);
  const copied = existsSync(join(folder, ".hishamos/tests/bug-lifecycle.yml"));
  expect(copied).toBe(flags?.length === 0);
});

test("what is there is not written over, and nothing else is written either, unless it is told to", async () => {
  await init("hotfix");
  const path = join(folder, ".hishamos/hotfix.yml");
  writeFileSync(path, "name: Ours\n");
  expect(await init("rollback", "hotfix")).toBe(1);
  expect(err).toContain(".hishamos/hotfix.yml is there already");
  expect(existsSync(join(folder, ".hishamos/rollback.yml"))).toBe(false);
  expect(readFileSync(path, "utf8")).toBe("name: Ours\n");
  expect(await init("hotfix", "--force")).toBe(0);
  expect(readFileSync(path, "utf8")).toContain("name: Hotfix");
});

test("a version is put there as it was released, and one that never was is told", async () => {
  expect(await init("hotfix@1.0.0")).toBe(0);
  const text = readFileSync("workflows-library/released/hotfix@1.0.0.yml", "utf8");
  expect(readFileSync(join(folder, ".hishamos/hotfix.yml"), "utf8")).toBe(text);
  expect(await init("rollback@1.0.0", "--by-reference")).toBe(0);
  expect(readFileSync(join(folder, ".hishamos/rollback.yml"), "utf8")).toContain("library/rollback@1.0.0");
  expect(await init("hotfix@99.0.0")).toBe(2);
  expect(err).toMatch(/hotfix@99\.0\.0" in the library\. Of library\/hotfix this release has .*1\.0\.0/);
});

test("a name that is not there is told with the nearest one", async () => {
  expect(await init("hot-fix")).toBe(2);
  expect(err).toContain('there is no workflow "hot-fix" in the library. Did you mean "hotfix"?');
});
