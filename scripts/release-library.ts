// Keeps the text of every released version of the library's workflows in workflows-library/released/, where it is found by
// `uses: library/NAME@VERSION` for ever. With --check it only tells what is missing or was changed after its release.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { openLibrary, versionOf } from "../src/github/library.ts";

const check = process.argv.includes("--check");
const library = openLibrary();
const folder = "workflows-library/released";
mkdirSync(folder, { recursive: true });

const wrong = library.names.flatMap((name) => {
  const text = library.newest(name);
  const version = versionOf(text);
  const kept = `${folder}/${name}@${version}.yml`;
  if (!existsSync(kept)) {
    if (check) return [`${kept} is missing: node scripts/release-library.ts`];
    copyFileSync(`workflows-library/${name}.yml`, kept);
    console.log(`keeps ${kept}`);
    return [];
  }
  if (readFileSync(kept, "utf8") === text) return [];
  return [
    `workflows-library/${name}.yml has changed since ${version} was released: raise its version, then node scripts/release-library.ts`,
  ];
});
for (const line of wrong) console.error(line);
process.exitCode = wrong.length === 0 ? 0 : 1;
