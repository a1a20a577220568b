import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { loadWorkflow, neededFiles } from "../../src/definition/index.ts";
import { openLibrary } from "../../src/github/library.ts";

const released = "workflows-library/released";
const library = openLibrary();

test("every version that was released is kept, is valid, and needs only what is kept too", () => {
  const kept = readdirSync(released).filter((file) => file.endsWith(".yml"));
  expect(kept.length).toBeGreaterThanOrEqual(library.names.length);
  for (const file of kept) {
    const reference = `library/${file.replace(/\.yml$/, "")}`;
    const text = readFileSync(join(released, file), "utf8");
    expect(library.find(reference)).toEqual({ text });
    expect(neededFiles(text, reference)).toEqual([]);
    expect([file, loadWorkflow(text, `.hishamos/${file}`).problems]).toEqual([file, []]);
  }
});

const folder = mkdtempSync(join(tmpdir(), "hishamos-library-"));
afterAll(() => rmSync(folder, { recursive: true }));
const text = (version: string) => `name: Rest\nversion: "${version}"\nsteps: [{ id: rest, delay: 1s }]\n`;
mkdirSync(join(folder, "released"));
for (const version of ["1.2.0", "1.10.0", "1.9.0"])
  writeFileSync(join(folder, "released", `rest@${version}.yml`), text(version));
// Of another workflow, whose name begins the same, and which ships no more.
writeFileSync(join(folder, "released", "rest-more@3.0.0.yml"), text("3.0.0"));
writeFileSync(join(folder, "rest.yml"), text("2.0.0"));

test.for([
  ["library/rest@2.0.0", { text: text("2.0.0") }],
  ["library/rest@1.9.0", { text: text("1.9.0") }],
  ["library/rest@3.0.0", { reason: "Of library/rest this release has 1.2.0, 1.9.0, 1.10.0, 2.0.0." }],
  ["library/rest-more@3.0.0", { text: text("3.0.0") }],
  ["library/rest-more@1.0.0", { reason: "Of library/rest-more this release has 3.0.0." }],
  ["library/rst@1.9.0", { reason: 'Did you mean "rest"?' }],
  ["library/else@1.9.0", { reason: "`hishamos init` lists what ships." }],
  ["library/../rest@2.0.0", { reason: "`hishamos init` lists what ships." }],
] as const)("%s is found in a library with earlier versions: %o", ([reference, found]) => {
  expect(openLibrary(pathToFileURL(`${folder}/`)).find(reference)).toEqual(found);
});
