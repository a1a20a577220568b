import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allEntries, codedProblems, hundreds, namedProblems } from "../../scripts/problems/catalogue.ts";
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

test.for(Object.entries(codedProblems))("every code of %s is told somewhere", ([catalogue, problems]) => {
  const others = sources.filter(({ file }) => file !== catalogue);
  expect(others.length).toBe(sources.length - 1);
  const untold = Object.keys(problems).filter(
    (code) => !others.some((source) => source.code.includes(`"${code}"`)),
  );
  expect(untold).toEqual([]);
});

test.for(Object.entries(namedProblems))("every problem of %s is told somewhere", ([room, problems]) => {
  // In the catalogue's own file a name in quotes could be anything; `definitionProblems.more` is a use.
  const isTold = (name: string) =>
    sources.some(
      ({ file, code }) =>
        new RegExp(String.raw`Problems\.${name}\b`).test(code) ||
        (file.startsWith(room) && file !== `${room}/problems.ts` && code.includes(`"${name}"`)),
    );
  expect(Object.keys(problems).filter((name) => !isTold(name))).toEqual([]);
});

test("every problem of definitions and expressions has an example that was told", () => {
  const examples = new Set([...shownByTests().keys(), ...played().keys()]);
  // A file of a megabyte is no example; the tests of hostile input show it.
  const without = ["HOS211"];
  const expected = Object.values(namedProblems).flatMap((problems) => Object.values(problems));
  const missing = expected.map(({ code }) => code).filter((code) => !examples.has(code));
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
