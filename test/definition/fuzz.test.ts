import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fuzzTests, troubles } from "./fuzz.ts";

// More of them: npm run test:chaos.
fuzzTests(800);

const suite = JSON.parse(readFileSync(new URL("yaml-suite.json", import.meta.url), "utf8")) as {
  readonly cases: Readonly<Record<string, string>>;
};

test.for(Object.entries(suite.cases))(
  "the YAML test suite's %s is read, or told where it can't be",
  ([, text]) => {
    expect(troubles(text)).toEqual([]);
    const indented = text.replace(/^/gm, "        ");
    const within = `name: W\nsteps:\n  - id: a\n    delay: 1s\n    inputs:\n      x:\n${indented}\n`;
    expect(troubles(within)).toEqual([]);
    const expressions = JSON.stringify({
      name: "W",
      steps: [{ id: "a", delay: "1s", condition: text, inputs: { text } }],
    });
    expect(troubles(expressions)).toEqual([]);
  },
);
