import { afterEach, beforeEach, expect, test } from "vitest";
import { loadWorkflow } from "../../src/definition/index.ts";
import { PinnedDefinitions } from "../../src/engine/pinned.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { aWorkflow } from "../support/workflow.ts";
import type { Stores, Workflow } from "./types.ts";

let stores: Stores;
beforeEach(async () => {
  stores = await openSqliteStores({ directory: ":memory:" });
});
afterEach(async () => {
  await stores.close();
});

let now = 0;
beforeEach(() => {
  now = 0;
});

const path = ".hishamos/main.yml";
const childPath = ".hishamos/qa.yml";
const text = "name: Main\nsteps: [{ id: qa, workflow: ./qa.yml }]";
const files = new Map([
  [childPath, "name: QA\nsteps: [{ id: look, agent: watcher }]"],
  [".hishamos/agents/watcher.yml", "agent: { name: watcher, instructions: Look. }"],
]);
const plain = "name: Plain\nsteps: [{ id: a, delay: 1s }]";

function loaded(source: string, at: string, options = {}): Workflow {
  const result = loadWorkflow(source, at, options);
  if (!("workflow" in result)) throw new Error(JSON.stringify(result.problems));
  return result.workflow;
}

test("a definition is stored once, whoever pins it", async () => {
  let puts = 0;
  const counting = {
    ...stores.definitions,
    put: async (...args: Parameters<typeof stores.definitions.put>) => {
      puts += 1;
      await stores.definitions.put(...args);
    },
  };
  const pinned = new PinnedDefinitions(counting, () => now);
  const workflow = loaded(plain, path);
  await Promise.all([pinned.pin(workflow, plain), pinned.pin(workflow, plain), pinned.pin(workflow, plain)]);
  expect(puts).toBe(1);
  expect(await stores.definitions.get(workflow.hash)).toEqual({ path, text: plain });
  // An hour later it says once more that it is needed.
  now += 3_600_000;
  await Promise.all([pinned.pin(workflow, plain), pinned.pin(workflow, plain)]);
  expect(puts).toBe(2);
});

test("with all that it names it comes back in the next process, children and their agents too", async () => {
  const workflow = loaded(text, path, { files });
  await new PinnedDefinitions(stores.definitions, () => now).pin(workflow, text, files);
  const pinned = new PinnedDefinitions(stores.definitions, () => now);
  const { hash } = workflow;
  expect((await pinned.get(refOf(path, hash))).children.get("./qa.yml")).toMatchObject({ name: "QA" });
  const child = await pinned.get(refOf(childPath, hash));
  expect(child).toMatchObject({ name: "QA", path: childPath, hash });
  expect(child.agents.get("watcher")).toMatchObject({ instructions: "Look." });
});

test("a child is found by the definition that is known already", async () => {
  const child = aWorkflow([{ id: "a" }], { path: childPath, hash: "its own" });
  const middle = aWorkflow([{ id: "a" }], { path: "m", children: new Map([["./qa.yml", child]]) });
  const root = aWorkflow([{ id: "a" }], { hash: "bundle", children: new Map([["./m.yml", middle]]) });
  const pinned = new PinnedDefinitions(stores.definitions, () => now);
  await pinned.pin(root, "never read");
  expect(await pinned.get(refOf(childPath, "bundle"))).toEqual({ ...child, hash: "bundle" });
  expect(await pinned.get(refOf(childPath, "bundle"))).toBe(await pinned.get(refOf(childPath, "bundle")));
});

test("one that was stored without files is read as ever, and keeps its hash", async () => {
  await stores.definitions.put("of an older release", { path, text: plain }, now);
  const pinned = new PinnedDefinitions(stores.definitions, () => now);
  expect(await pinned.get(refOf(path, "of an older release"))).toMatchObject({
    name: "Plain",
    hash: "of an older release",
  });
});

/** What a release before these checks has taken, as text and as the part of it that runs on. */
const outgrown: readonly (readonly [what: string, steps: string])[] = [
  ["a method that GitHub has no more", "{ id: a, action: issues.vanished }"],
  ["an input that the method does not know", "{ id: a, action: issues.addLabels, inputs: { labelz: [x] } }"],
  ["a permission that is not declared", "{ id: a, action: issues.addLabels, inputs: { labels: [x] } }"],
  [
    "a secret outside of a header",
    '{ id: a, action: http.request, secrets: [KEY], inputs: { url: "https://example.com/${KEY}" } }',
  ],
  ["an agent that ships no more", "{ id: a, agent: former-agent }"],
  [
    "a part of a result that is unknown",
    '{ id: a, delay: 1s }, { id: b, delay: 1s, condition: "steps.a.result" }',
  ],
  [
    "a read of a step that can't have run",
    '{ id: a, delay: 1s, condition: "steps.b.output" }, { id: b, delay: 1s }',
  ],
  ["an event that waits can't be for", "{ id: a, wait_for: vanished.event }"],
];

test.for(outgrown)("one with %s runs on, though no new one could be so", async ([, steps]) => {
  const source = `name: Outgrown\nsteps: [${steps}]`;
  expect(loadWorkflow(source, path, { files: new Map() }).problems).not.toEqual([]);
  await stores.definitions.put("outgrown", { path, text: source }, now);
  const workflow = await new PinnedDefinitions(stores.definitions, () => now).get(refOf(path, "outgrown"));
  expect(workflow.steps.steps.map(({ id }) => id)).toEqual(["a", "b"].slice(0, workflow.steps.steps.length));
});

test("so does the parent of one", async () => {
  const child = "name: QA\nsteps: [{ id: a, action: issues.vanished }]";
  await stores.definitions.put("outgrown", { path, text, files: { [childPath]: child } }, now);
  const workflow = await new PinnedDefinitions(stores.definitions, () => now).get(refOf(path, "outgrown"));
  expect(workflow.children.get("./qa.yml")).toMatchObject({ name: "QA" });
});

test.for([
  ["a route that leads nowhere", "{ id: a, delay: 1s, on_success: gone }", "HOS204"],
  ["a step of no kind", "{ id: a }", "HOS222"],
  ["a key that means nothing", "{ id: a, delay: 1s, unheard: of }", "HOS201"],
] as const)("one with %s can't be run, and says why", async ([, steps, code]) => {
  await stores.definitions.put("broken", { path, text: `name: Broken\nsteps: [${steps}]` }, now);
  const pinned = new PinnedDefinitions(stores.definitions, () => now);
  await expect(pinned.get(refOf(path, "broken"))).rejects.toThrow(code);
});

test("two files of the same text differ in the name they are called by", async () => {
  const hash = loaded(plain, path).hash;
  const first = new PinnedDefinitions(stores.definitions, () => now);
  await first.pin(loaded(plain, path), plain);
  const pinned = new PinnedDefinitions(stores.definitions, () => now);
  expect((await pinned.get(refOf(".hishamos/other.yml", hash))).stem).toBe("other");
  expect((await pinned.get(refOf(path, hash))).stem).toBe("main");
});

test("one that is not stored is a bug, and says which", async () => {
  await expect(
    new PinnedDefinitions(stores.definitions, () => now).get(refOf(path, "unknown")),
  ).rejects.toThrow("unknown");
});

function refOf(at: string, hash: string) {
  return { name: "", stem: "", path: at, commit: null, hash };
}
