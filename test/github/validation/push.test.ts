import { expect, test } from "vitest";
import { executionsOf, openShop, REPO, type Shop, unprocessed } from "../shop.ts";

const good = "name: Good\non: { push: {} }\nsteps: [{ id: one, agent: qa-agent }]\n";
const bad = "name: Bad\nsteps:\n  - id: one\n    agent: qa-agnt\n";
/** A problem in each of 60 steps. */
function worse(agent: string): string {
  const steps = Array.from({ length: 60 }, (_, at) => `  - id: s${at}\n    agent: ${agent}-${at}\n`);
  return `name: Worse\nsteps:\n${steps.join("")}`;
}

function push(shop: Shop, branch: string, files: Readonly<Record<string, string>>) {
  const { sha } = shop.github.as("mona").push({ branch, from: "main", message: "Definitions", files });
  return sha;
}

test("a push that touches .hishamos/ on any branch gets one check run on its head, and starts nothing from there", async () => {
  const shop = await openShop({ files: { ".hishamos/good.yml": good } });
  const sha = push(shop, "topic", { ".hishamos/bad.yml": bad });
  await shop.settled();
  const [run, ...others] = shop.github.checkRuns(REPO, sha);
  expect(others).toEqual([]);
  expect(run).toMatchObject({
    name: "HishamOS / validate",
    status: "completed",
    conclusion: "failure",
    external_id: `validate:${sha}`,
    output: { title: "1 problem in 1 of 2 files", annotations_count: 1 },
    annotations: [
      {
        path: ".hishamos/bad.yml",
        start_line: 4,
        annotation_level: "failure",
        message: expect.stringContaining('Did you mean "qa-agent"?'),
      },
    ],
  });
  expect(run?.output.summary).toMatch(/❌ `\.hishamos\/bad\.yml`: 1 problem.*\n- ✅ `\.hishamos\/good\.yml`/);
  // good.yml of the default branch is started by the push; bad.yml is on no default branch.
  expect((await executionsOf(shop)).map(({ workflow }) => workflow.stem)).toEqual(["good"]);
});

test("valid definitions succeed", async () => {
  const shop = await openShop();
  const sha = push(shop, "main", { ".hishamos/good.yml": good });
  await shop.settled();
  expect(shop.github.checkRuns(REPO, sha)).toMatchObject([
    { conclusion: "success", output: { title: "1 valid" } },
  ]);
});

const testFiles: readonly (readonly [what: string, text: string, said: string])[] = [
  ["names a workflow that is not there", "workflow: god\nexpect: {}\n", 'Did you mean "good"?'],
  ["names a step that is not there", "workflow: good\nexpect: { steps: [on] }\n", 'has no step "on"'],
  [
    "answers what the role's schema refuses",
    "workflow: good.yml\nanswers: { one: { output: { passed: 7 } } }\nexpect: {}\n",
    "passed must be boolean",
  ],
  ["is in no form that is known", "workflow: good\nexpects: {}\n", 'Did you mean "expect"?'],
  ["can't be read", "workflow: [\n", "what begins with [ here is never closed"],
];
test.for(testFiles)("a test that %s is told at its place", async ([, text, said]) => {
  const shop = await openShop({ files: { ".hishamos/good.yml": good } });
  const sha = push(shop, "topic", { ".hishamos/tests/good.yml": text });
  await shop.settled();
  expect(shop.github.checkRuns(REPO, sha)).toMatchObject([
    {
      conclusion: "failure",
      output: { title: expect.stringMatching(/ in 1 of 2 files$/) },
      annotations: expect.arrayContaining([
        expect.objectContaining({
          path: ".hishamos/tests/good.yml",
          message: expect.stringContaining(said) as string,
        }),
      ]) as unknown,
    },
  ]);
});

test("tests count among the valid files; those of a broken workflow are not blamed for it", async () => {
  const tests =
    "workflow: good\nanswers: { one: { output: { passed: true, notes: Fine } } }\nexpect: { steps: [one] }\n";
  const shop = await openShop({ files: { ".hishamos/good.yml": good, ".hishamos/tests/good.yml": tests } });
  const fine = push(shop, "fine", { ".hishamos/tests/more.json": '{"workflow": "good", "expect": {}}' });
  const broken = push(shop, "broken", { ".hishamos/good.yml": bad });
  await shop.settled();
  const titles = [fine, broken].map((sha) =>
    shop.github.checkRuns(REPO, sha).map(({ output }) => output.title),
  );
  expect(titles).toEqual([["3 valid"], ["1 problem in 1 of 2 files"]]);
});

test("more annotations than one request takes are appended, and none twice after an interruption", async () => {
  const shop = await openShop();
  shop.github.failNext({ method: "PATCH", path: /check-runs/, status: 502 });
  const sha = push(shop, "topic", { ".hishamos/a.yml": worse("nobody"), ".hishamos/b.yml": worse("noone") });
  await shop.settled();
  expect(shop.github.checkRuns(REPO, sha)).toMatchObject([{ status: "in_progress" }]);
  shop.clock.advance(2_000);
  await shop.settled();
  const [run, ...others] = shop.github.checkRuns(REPO, sha);
  expect(others).toEqual([]);
  expect(run).toMatchObject({ status: "completed", conclusion: "failure" });
  const messages = run?.annotations.map(({ message }) => message) ?? [];
  expect(messages).toHaveLength(120);
  expect(new Set(messages).size).toBe(120);
});

test("a commit that is validated already is left alone", async () => {
  const shop = await openShop();
  const sha = push(shop, "topic", { ".hishamos/bad.yml": bad });
  await shop.settled();
  const delivery = shop.github.deliveries().find(({ event }) => event === "push");
  const stored = await shop.stores.deliveries.get(delivery?.guid ?? "");
  if (stored) await shop.stores.deliveries.update(unprocessed(stored));
  const before = shop.github.requests().length;
  await shop.app.stop();
  shop.app.start();
  await shop.settled();
  const again = shop.github.requests().slice(before);
  expect(again.filter(({ method, path }) => method !== "GET" && path.includes("check-runs"))).toEqual([]);
  expect(shop.github.checkRuns(REPO, sha)).toHaveLength(1);
});

const untouched: readonly { readonly what: string; readonly act: (shop: Shop) => void }[] = [
  { what: "other files", act: (shop) => push(shop, "topic", { "src/a.ts": "1" }) },
  {
    what: "a branch that is deleted",
    act: (shop) => {
      push(shop, "topic", { "src/a.ts": "1" });
      shop.github.as("mona").deleteBranch({ branch: "topic" });
    },
  },
];

test.for(untouched)("a push of $what gets no check run", async ({ act }) => {
  const shop = await openShop({ files: { ".hishamos/bad.yml": bad } });
  act(shop);
  await shop.settled();
  expect(shop.github.checkRuns(REPO)).toEqual([]);
});
