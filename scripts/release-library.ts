// Keeps the text of every released version of the library's workflows in workflows-library/released/, where it is found by
// `uses: library/NAME@VERSION` for ever, and the SHA-256 of each in versions.json. With --check it only tells what is
// missing, or was changed or lost after its release.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLibrary, versionOf } from "../src/github/library.ts";

const check = process.argv.includes("--check");
const library = openLibrary();
const folder = "workflows-library/released";
const record = join(folder, "versions.json");
mkdirSync(folder, { recursive: true });

const released = new Map<string, string>(
  existsSync(record)
    ? Object.entries(JSON.parse(readFileSync(record, "utf8")) as Record<string, string>)
    : [],
);
const wrong: string[] = [];
for (const name of library.names) release(name);
for (const [version, hash] of released) {
  const path = join(folder, `${version}.yml`);
  if (!existsSync(path)) wrong.push(`${path} was released and is lost: take it back from an earlier commit`);
  else if (hashOf(path) !== hash)
    wrong.push(`${path} was released and has been changed: take it back from an earlier commit`);
}
for (const file of readdirSync(folder).filter((each) => each.endsWith(".yml")))
  if (!released.has(file.slice(0, -4))) wrong.push(`${join(folder, file)} stands in no record`);
if (!check && wrong.length === 0) {
  const sorted = [...released].toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(record, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}
for (const line of wrong) console.error(line);
process.exitCode = wrong.length === 0 ? 0 : 1;

/** Keeps the version that a workflow has now, where it is a new one. */
function release(name: string): void {
  const path = `workflows-library/${name}.yml`;
  const version = `${name}@${versionOf(library.newest(name))}`;
  const known = released.get(version);
  if (known === hashOf(path)) return;
  if (known !== undefined)
    wrong.push(
      `${path} has changed since ${version} was released: raise its version, then node scripts/release-library.ts`,
    );
  else if (check) wrong.push(`${version} is not released: node scripts/release-library.ts`);
  else {
    copyFileSync(path, join(folder, `${version}.yml`));
    released.set(version, hashOf(path));
    console.log(`keeps ${version}`);
  }
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
