import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkAll, threadsFor } from "../../src/cli/check-all.ts";
import { type Counter, checkShare } from "../../src/cli/check-files.ts";
import { type FoundFile, findFiles } from "../../src/cli/folder.ts";

const files = new Map<string, string>([
  [".hishamos/agents/poet.yml", "agent: {name: poet, instructions: Write.}\n"],
  [".hishamos/config.yml", "var: {a: 1}\n"],
  [".hishamos/tests/w1.yml", "workflow: w1\nexpect: {steps: [b]}\n"],
]);
for (let at = 0; at < 60; at++) {
  const agent = at % 7 === 0 ? "poett" : "poet";
  files.set(`.hishamos/w${at}.yml`, `name: W${at}\nsteps:\n  - {id: a, agent: ${agent}}\n`);
}
let root = "";
let found: readonly FoundFile[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "hishamos-check-"));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const known = await findFiles(root);
  if (typeof known === "string") throw new Error(known);
  found = [...known, { path: join(root, ".hishamos/gone.yml"), kind: "workflow" }];
});
afterAll(() => rmSync(root, { recursive: true }));

const worth: readonly (readonly [files: number, cores: number, threads: number])[] = [
  [0, 8, 1],
  [1, 8, 1],
  [499, 8, 1],
  [500, 8, 2],
  [1_000, 2, 2],
  [1_000, 8, 4],
  [100_000, 64, 4],
  [100_000, 1, 1],
];
test.for(worth)("%i files on %i cores are worth %i threads", ([count, cores, threads]) => {
  expect(threadsFor(count, cores)).toBe(threads);
});

test("threads find what one finds, in its order", async () => {
  const alone = await checkAll(found, 1);
  expect(alone.map(({ path }) => path)).toEqual(found.map(({ path }) => path));
  expect(alone.filter(({ problems }) => problems.length > 0)).toHaveLength(12);
  expect(await checkAll(found, 3)).toEqual(alone);
});

test("each file is in one share", async () => {
  const counter: Counter = new Int32Array(new SharedArrayBuffer(4));
  const shares = await Promise.all([checkShare(found, counter), checkShare(found, counter)]);
  const indexes = shares.flat().map(([index]) => index);
  expect(indexes.toSorted((a, b) => a - b)).toEqual(found.map((_, index) => index));
});
