import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadWorkflow, mermaid } from "../../src/definition/index.ts";

function draw(text: string): string {
  const loaded = loadWorkflow(text, "w.yml");
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return mermaid(loaded.workflow);
}

test("a graph is drawn with its routes and handlers", () => {
  const text = `name: W
steps:
  - {id: end, agent: coding-agent, max_visits: 2, on_success: ok, on_failure: tell, on_exhausted: tell}
  - {id: ok, approval: , on_success: done, on_failure: end, on_timeout: tell}
  - {id: done, wait_for: push, on_skip: nap}
  - {id: tell, action: repos.get}
  - {id: nap, delay: 1s}
`;
  expect(draw(text)).toBe(`flowchart TD
  s1(["end: coding-agent"])
  s1 --> s2
  s1 -. failure .-> s4
  s1 -. exhausted .-> s4
  s2{{"ok: approval"}}
  s2 --> s3
  s2 -. failure .-> s1
  s2 -. timeout .-> s4
  s3[/"done: wait_for"/]
  s3 -. skipped .-> s5
  s4["tell: repos.get"]
  s5("nap: delay")
  class s4 handler
  classDef handler stroke-dasharray: 4
`);
});

test("a list is drawn from step to step, past one that may conclude only where it is skipped", () => {
  const text = `name: W
steps:
  - {id: a, delay: 1s}
  - {id: b, delay: 1s, condition: input.stop, conclude: completed}
  - {id: c, delay: 1s}
`;
  expect(draw(text)).toBe(`flowchart TD
  s1("a: delay")
  s1 --> s2
  s2("b: delay")
  s2 -. skipped .-> s3
  s3("c: delay")
`);
});

test("groups and parallels are boxes, loops are named, and finally stands apart", () => {
  const text = `name: W
steps:
  - id: checks
    parallel:
      join: any
      steps:
        - {id: lint, delay: 1s}
        - id: tests
          steps:
            - {id: build, delay: 1s, on_success: unit, on_failure: tell}
            - {id: unit, action: repos.get}
            - {id: tell, delay: 1s}
  - {id: each, for_each: {in: [1], as: file}, workflow: ./qa.yml}
  - {id: poll, repeat: {max: 5}, wait_for: {checks: required}}
  - {id: merged, wait_for: {pull_request: merged}}
finally:
  - {id: sweep, delay: 1s}
  - {id: told, wait_for: {checks: [a, b]}}
`;
  expect(draw(text)).toBe(`flowchart TD
  subgraph s1["checks: parallel, any of 2"]
    s1_1("lint: delay")
    subgraph s1_2["tests: steps"]
      s1_2_1("build: delay")
      s1_2_1 --> s1_2_2
      s1_2_1 -. failure .-> s1_2_3
      s1_2_2["unit: repos.get"]
      s1_2_3("tell: delay")
    end
  end
  s1 --> s2
  s2[["each: ./qa.yml, for each file"]]
  s2 --> s3
  s3[/"poll: required checks, repeated up to 5 times"/]
  s3 --> s4
  s4[/"merged: pull request merged"/]
  subgraph f["finally"]
    f1("sweep: delay")
    f1 --> f2
    f2[/"told: checks a, b"/]
  end
  class s1_2_3 handler
  classDef handler stroke-dasharray: 4
`);
});

test("no name of a workflow is read as Mermaid or HTML", () => {
  const text = `name: W
agents:
  'x"]; click s1 "javascript:1" <script>': {instructions: x}
steps:
  - id: click
    agent: 'x"]; click s1 "javascript:1" <script>'
`;
  const label = draw(text).split("\n")[1] ?? "";
  expect(label).toBe('  s1(["click: x#34;#93;#59; click s1 #34;javascript:1#34; #60;script#62;"])');
});

test("the shipped Bug Lifecycle can be drawn", () => {
  const text = readFileSync(new URL("../../workflows-library/bug-lifecycle.yml", import.meta.url), "utf8");
  expect(draw(text)).toMatch(/fix: coding-agent/);
});
