import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { commandNames, loadWorkflow } from "../../src/definition/index.ts";

const readme = readFileSync("README.md", "utf8");
const packageJson = JSON.parse(readFileSync("package.json", "utf8")) as {
  version: string;
  scripts: Record<string, string>;
};

function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))].map(
    ([, block = ""]) => block,
  );
}

/** What stands under a heading, up to the next one. */
function section(heading: string): string {
  return readme.split(new RegExp(`^#+ ${heading}$`, "m"))[1]?.split(/^#+ /m)[0] ?? "";
}

/** The tables' rows that begin with a name in backquotes. */
function rows(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The names in backquotes in the first column of the tables under a heading. */
function firstColumn(heading: string): readonly string[] {
  return rows(section(heading)).flatMap(([first = ""]) =>
    [...first.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

test("every workflow in the README is valid", () => {
  const workflows = blocks(readme, "yaml").filter((text) => !/^jobs:/m.test(text));
  expect(workflows.length).toBeGreaterThan(0);
  expect(workflows.flatMap((text) => loadWorkflow(text, ".hishamos/ship.yml").problems)).toEqual([]);
});

test("the README's commands are those that the service knows", () => {
  const told = firstColumn("In a comment").flatMap(
    (cell) => cell.replace("/hishamos ", "").split(" ")[0] ?? [],
  );
  expect(told.toSorted()).toEqual(commandNames.toSorted());
});

test("the README's library is what ships", () => {
  const table = section("Library")
    .split("\n")
    .filter((line) => line.startsWith("| ") && line.includes("`"));
  const told = table.flatMap((line) => [...line.matchAll(/`([a-z-]+)`/g)].map(([, name = ""]) => name));
  const shipped = globSync("workflows-library/*.yml").map((file) => basename(file, ".yml"));
  expect(told.toSorted()).toEqual(shipped.toSorted());
});

test("the newest entry of the changelog is the package's version", () => {
  const [newest = ""] = readFileSync("CHANGELOG.md", "utf8").split(/^## /m).slice(1);
  expect(newest.split("\n")[0]).toBe(packageJson.version);
});

test("files that the guide for contributors names are there", () => {
  const guide = readFileSync(".github/CONTRIBUTING.md", "utf8");
  const named = [...guide.matchAll(/`(?:node )?((?:src|test|scripts|docs|workflows-library)\/[^`\s]+)/g)];
  expect(named.length).toBeGreaterThan(10);
  const paths = named.map(([, path = ""]) => path.replace("NAME", "*"));
  expect(paths.filter((path) => globSync(path).length === 0)).toEqual([]);
});

test("the README's variables are those that the program reads", () => {
  const told = new Set([
    ...firstColumn("Run the service"),
    ...[...readme.matchAll(/`([A-Z]+_API_KEY)`/g)].map(([, name = ""]) => name),
  ]);
  const files = ["src/config.ts", "src/agents/model-config.ts"];
  const read = new Set(
    files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/"([A-Z]+(?:_[A-Z]+)+|PORT|HOST)"/g)].map(
        ([, name = ""]) => name,
      ),
    ),
  );
  for (const name of read) expect(told).toContain(name);
  expect(told.size).toBeGreaterThanOrEqual(read.size);
});

test("the verbs that the documents name exist", () => {
  const text = [readme, readFileSync(".github/CONTRIBUTING.md", "utf8")].join("\n");
  const verbs = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, verb = ""]) => verb);
  expect(verbs.filter((verb) => !(verb in packageJson.scripts))).toEqual([]);
});

test("links in the documents lead somewhere", () => {
  const files = ["README.md", ...globSync(".github/**/*.md"), ...globSync("docs/**/*.md")];
  const broken = files.flatMap((file) => {
    const links = [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
      ([, to = ""]) => to,
    );
    return links.filter((to) => globSync(join(dirname(file), to)).length === 0).map((to) => `${file}: ${to}`);
  });
  expect(broken).toEqual([]);
});
