import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

/** Room to the rooms it may import; `ports` is src/engine/ports and src/engine/answer. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  expression: ["core"],
  definition: ["core", "expression"],
  engine: ["core", "expression", "definition"],
  state: ["core", "ports"],
  queue: ["core", "ports"],
  agents: ["core", "ports"],
  github: ["core", "definition", "expression", "ports"],
};

function roomOf(path: string): string {
  const [room = "", next = ""] = relative("src", path).split("/");
  return room === "engine" && (next === "ports" || next === "answer") ? "ports" : room;
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^(?:import|export)[^;]*?from "([^"]+)";/gms)].map(([, from = ""]) => from);
}

describe.for(Object.entries(arrows))("src/%s", ([room, allowed]) => {
  const files = globSync(`src/${room}/**/*.ts`);

  test(`imports only ${allowed.join(", ") || "itself"}`, () => {
    expect(files.length).toBeGreaterThan(0);
    const strange = files.flatMap((file) =>
      importsOf(file)
        .filter((from) => from.startsWith("."))
        .map((from) => roomOf(join(dirname(file), from)))
        .filter((to) => to !== room && !(room === "engine" && to === "ports") && !allowed.includes(to))
        .map((to) => `${file} -> ${to}`),
    );
    expect(strange).toEqual([]);
  });
});

test("src/core imports no package and nothing of the platform", () => {
  const outside = globSync("src/core/**/*.ts").flatMap((file) =>
    importsOf(file).filter((from) => !from.startsWith("./")),
  );
  expect(outside).toEqual([]);
});

test("src/core knows no clock and no chance", () => {
  const impure = globSync("src/core/**/*.ts").filter((file) =>
    /\bDate\b|Math\.random|performance\.|\bprocess\.[a-z]|\bsetTimeout\b/.test(readFileSync(file, "utf8")),
  );
  expect(impure).toEqual([]);
});

test("a file is one idea: none of the sources is longer than 400 lines", () => {
  const long = globSync("src/**/*.ts").filter(
    (file) => !file.includes(".generated.") && readFileSync(file, "utf8").split("\n").length > 400,
  );
  expect(long).toEqual([]);
});
