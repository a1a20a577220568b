import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { formatProblem } from "../../src/core/index.ts";
import { definitionProblems, loadWorkflow } from "../../src/definition/index.ts";
import { expressionProblems } from "../../src/expression/index.ts";

const folder = new URL(".", import.meta.url);
const definitions = (name: string): readonly string[] =>
  readdirSync(new URL(name, folder)).filter((file) => file.endsWith(".yml"));

const beside = new URL("files/", folder);
/** What the examples refer to, by the key under which they find it. */
const files = new Map(
  readdirSync(beside, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(fileURLToPath(beside), path), readFileSync(path, "utf8")] as const;
    }),
);

/** Each problem as people see it, with the other place indented below it. */
function report(text: string, path: string): string {
  const { problems } = loadWorkflow(text, path, { files });
  return problems
    .flatMap((problem) => {
      const { related } = problem;
      const other = related && `  ${related.position.line}:${related.position.column} ${related.message}`;
      return [formatProblem(problem), ...(other ? [other] : [])];
    })
    .map((line) => `${line}\n`)
    .join("");
}

test.for(definitions("ok"))("ok/%s has no problem", (file) => {
  const text = readFileSync(new URL(`ok/${file}`, folder), "utf8");
  expect(report(text, file)).toBe("");
});

// UPDATE_OUT=1 writes what is found; read the difference before committing it.
test.for(definitions("err"))("err/%s has the problems in its .out", (file) => {
  const text = readFileSync(new URL(`err/${file}`, folder), "utf8");
  const out = new URL(`err/${file.replace(/yml$/, "out")}`, folder);
  const found = report(text, file);
  if (process.env["UPDATE_OUT"]) writeFileSync(out, found);
  expect(found).not.toBe("");
  expect(found).toBe(readFileSync(out, "utf8"));
});

test("every code of this room is in some .out, and every .out names known codes only", () => {
  const seen = new Set(
    definitions("err").flatMap((file) => {
      const out = readFileSync(new URL(`err/${file.replace(/yml$/, "out")}`, folder), "utf8");
      return out.match(/\bHOS\d{3}\b/g) ?? [];
    }),
  );
  // Told by the tests of hostile input: a megabyte is not to be kept in a file.
  const elsewhere = ["tooLarge"] as const;
  const own = Object.entries(definitionProblems).filter(([name]) => !elsewhere.some((each) => each === name));
  expect(own.map(([, { code }]) => code).filter((code) => !seen.has(code))).toEqual([]);
  const known = new Set<string>(
    [...Object.values(definitionProblems), ...Object.values(expressionProblems)].map(({ code }) => code),
  );
  expect([...seen].filter((code) => !known.has(code))).toEqual([]);
});
