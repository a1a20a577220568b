import { expect, test } from "vitest";
import { layOut, readFlowchart } from "../../src/api/page/flowchart.js";
import { parser } from "../../src/api/page/sse.js";
import { loadWorkflow, mermaid } from "../../src/definition/index.ts";

const stream =
  ': a sign of life\n\nid: 7\nevent: execution\ndata: {"a":\ndata:1}\n\nevent: other\r\ndata: x: y\r\n\r\nid: 8\n\ndata\n\n';
const messages = [
  { id: "7", event: "execution", data: '{"a":\n1}' },
  { id: "7", event: "other", data: "x: y" },
  { id: "8", event: "message", data: "" },
];

test.for([1, 2, 3, 7, 1_000])("a stream is read alike however it is cut: %i at once", (size) => {
  const parse = parser();
  const pieces = stream.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
  expect(pieces.flatMap((piece) => [...parse(piece)])).toEqual(messages);
});

test("a message without its end is none yet", () => {
  const parse = parser();
  expect([...parse("data: 1\n")]).toEqual([]);
  expect([...parse("\n")]).toMatchObject([{ data: "1" }]);
});

/** What the page reads of the drawing that the service makes of a workflow. */
function read(steps: string) {
  const loaded = loadWorkflow(`name: W\n${steps}`, "w.yml");
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return readFlowchart(mermaid(loaded.workflow));
}

type Chart = ReturnType<typeof readFlowchart>;

function inWords(items: Chart["items"]): readonly unknown[] {
  return items.map(({ path, what, inner }) => (inner ? [path, what, inWords(inner)] : [path, what]));
}

test("a for_each, a parallel and a child workflow are read as what they are, by their paths", () => {
  const { items, edges } = read(`steps:
  - { id: each, agent: coding-agent, for_each: { in: "{{ [1, 2] }}" } }
  - { id: all, for_each: { in: "{{ [1] }}" }, steps: [{ id: fix, agent: coding-agent }, { id: go, approval: {} }] }
  - { id: both, parallel: { join: any, steps: [{ id: a, delay: 1s }, { id: b, delay: 2s }] } }
  - { id: qa, workflow: ./qa.yml }
finally: [{ id: tell, delay: 1s }]
`);
  expect(inWords(items)).toEqual([
    ["each", "coding-agent, for each item"],
    [
      "all",
      "steps, for each item",
      [
        ["all/fix", "coding-agent"],
        ["all/go", "approval"],
      ],
    ],
    [
      "both",
      "parallel, any of 2",
      [
        ["both/a", "delay"],
        ["both/b", "delay"],
      ],
    ],
    ["qa", expect.stringContaining("qa")],
    ["finally", "", [["finally/tell", "delay"]]],
  ]);
  expect(edges.map(({ from, to }) => `${from} ${to}`)).toContain("s3 s4");
  expect(edges.map(({ from, to }) => `${from} ${to}`)).not.toContain("s3_1 s3_2");
});

test("what leads back runs on the left, what leads on on the right, and nothing lies upon something else", () => {
  const chart = read(`steps:
  - { id: a, agent: coding-agent, max_visits: 3, on_success: b, on_failure: tell }
  - { id: b, approval: {}, on_success: c, on_failure: a, on_timeout: tell }
  - { id: c, delay: 1s, on_success: tell }
  - { id: tell, action: repos.get }
`);
  const { boxes, lines, width, height } = layOut(chart);
  const drawn = boxes.toSorted((one, other) => one.y - other.y);
  expect(drawn.map(({ item }) => item.path)).toEqual(["a", "b", "c", "tell"]);
  for (const [at, box] of drawn.entries()) {
    const next = drawn[at + 1];
    if (next) expect(box.y + box.height).toBeLessThan(next.y);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
  }
  const left = drawn[0]?.x ?? 0;
  const lane = ({ d }: { d: string }) => Number(/H([\d.]+)Q/.exec(d)?.[1]);
  const back = lines.filter(({ from, to }) => from.path === "b" && to.path === "a");
  expect(back).toMatchObject([{ on: "failure" }]);
  expect(back.every((line) => lane(line) < left)).toBe(true);
  const on = lines.filter(
    ({ from, to, on: why }) => from.path === "a" && to.path === "tell" && why === "failure",
  );
  expect(on.map((line) => lane(line) > left)).toEqual([true]);
});

test("names of strangers stay names, and what is no flowchart is empty", () => {
  const { items } = readFlowchart(
    'flowchart TD\n  s1["#60;b#62; x#34;: a#59; b"]\n  class s1,s9 failed\n  s1 --> s9',
  );
  expect(items).toMatchObject([{ name: '<b> x"', what: "a; b", state: "failed" }]);
  expect(readFlowchart("%% nothing")).toEqual({ items: [], edges: [] });
});
