import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { allEntries, catalogues, hundreds } from "../../scripts/problems/catalogue.ts";
import { played } from "../../scripts/problems/played.ts";
import { shownByTests } from "../../scripts/problems/shown.ts";

/** Sources without their comments, which may name any code. */
const sources = globSync("src/**/*.ts")
  .filter((file) => !file.includes(".generated."))
  .map((file) => ({
    file,
    code: readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => !/^\s*(\/\*|\*|\/\/)/.test(line))
      .join("\n"),
  }));
const catalogued = allEntries.map(({ code }) => code);

test("each code stands in one catalogue, once", () => {
  expect(catalogued.filter((code, index) => catalogued.indexOf(code) !== index)).toEqual([]);
  expect(catalogued.filter((code) => !/^HOS[1-9]\d\d$/.test(code))).toEqual([]);
  expect(catalogued.length).toBeGreaterThan(80);
});

test("every code that the program tells is in a catalogue", () => {
  const told = sources.flatMap(({ file, code }) =>
    [...code.matchAll(/HOS\d+/g)].map(([found]) => ({ file, found })),
  );
  expect(told.filter(({ found }) => !catalogued.includes(found))).toEqual([]);
});

test.for(catalogues)("every problem of $file is told somewhere", ({ file, entries }) => {
  const others = sources.filter((source) => source.file !== file);
  expect(others.length).toBe(sources.length - 1);
  const inRoom = others.filter((source) => source.file.startsWith(`${dirname(file)}/`));
  const untold = Object.entries(entries).filter(([name, { code }]) => {
    if (name === code) return !others.some((source) => source.code.includes(`"${code}"`));
    // In the catalogue's own file a name in quotes could be anything; `definitionProblems.more` is a use.
    const member = new RegExp(String.raw`Problems\.${name}\b`);
    return (
      !sources.some((source) => member.test(source.code)) &&
      !inRoom.some((source) => source.code.includes(`"${name}"`))
    );
  });
  expect(untold.map(([, { code }]) => code)).toEqual([]);
});

test("every problem of definitions and expressions has an example that was told", () => {
  const examples = new Set([...shownByTests().keys(), ...played().keys()]);
  // A file of a megabyte is no example; the tests of hostile input show it.
  const without = ["HOS211"];
  const missing = catalogued.filter((code) => /^HOS[12]/.test(code) && !examples.has(code));
  expect(missing).toEqual(without);
  expect([...examples].filter((code) => !catalogued.includes(code))).toEqual([]);
});

test("titles are no sentences, and what they mean is told in sentences", () => {
  expect(
    allEntries.filter(({ title }) => title === "" || title.endsWith(".")).map(({ code }) => code),
  ).toEqual([]);
  expect(allEntries.filter(({ help }) => !/[.}]$/.test(help)).map(({ code }) => code)).toEqual([]);
});

test("the page has a section for each code, in order, and leads to all of them", () => {
  const page = readFileSync("docs/problems.md", "utf8");
  const inOrder = hundreds.flatMap(({ entries }) => entries.map(({ code }) => code));
  expect(inOrder).toEqual(catalogued.toSorted());
  expect([...page.matchAll(/^## (\S+)$/gm)].map(([, code]) => code)).toEqual(inOrder);
  expect([...page.matchAll(/^ {2}- \[(\S+)\]\(#(\S+)\)/gm)].map(([, code, to]) => [code, to])).toEqual(
    inOrder.map((code) => [code, code.toLowerCase()]),
  );
});
