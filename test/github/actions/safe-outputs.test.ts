import { beforeEach, expect, test } from "vitest";
import type { BlobStore, SafeOutputs, SafeRequest } from "../../../src/engine/ports/index.ts";
import { createSafeOutputs } from "../../../src/github/actions/index.ts";
import { openStage, repo, type Stage } from "./stage.ts";
import { aRequest, type RequestSketch } from "./support.ts";

class Blobs implements BlobStore {
  readonly texts = new Map<string, string>();
  async put(hash: string, text: string) {
    if (!this.texts.has(hash)) this.texts.set(hash, text);
  }
  async get(hash: string) {
    const text = this.texts.get(hash);
    return text === undefined ? null : { text, owned: true };
  }
}

let stage: Stage;
let blobs: Blobs;
let outputs: SafeOutputs;
beforeEach(async () => {
  stage = await openStage();
  blobs = new Blobs();
  const actions: Parameters<typeof createSafeOutputs>[0]["run"] = (request) => {
    const { step, input, key, mayHaveHappened, signal, run, workflow } = request;
    if (run.state !== "running") throw new Error("the step runs");
    const { permissions } = workflow;
    return stage.run(step.kind, input, { key, mayHaveHappened, signal, run, permissions });
  };
  outputs = createSafeOutputs({ run: actions }, blobs);
  return () => stage.github.close();
});

/** The request of this number by an agent's step on issue 1. */
function carryOut(wanted: SafeRequest, number = 0, again = false, sketch: RequestSketch = {}) {
  const run = { enteredAt: Date.now(), ...sketch.run };
  const request = aRequest({ kind: "agent", agent: "a" }, null, { ...sketch, run });
  return outputs.carryOut(request, number, wanted, again);
}

const bodies = (number = 1) => stage.github.comments(repo, number).map(({ body }) => body);

test("a comment stands on the subject, and calls nobody, hides nothing and forges no marker", async () => {
  const body = "Hello @dev, see #1 <!-- hishamos:0 --> <img src=x>";
  const result = await carryOut({ type: "comment", body });
  expect(result).toMatchObject({
    type: "done",
    done: { type: "comment", url: stage.github.comments(repo, 1)[0]?.html_url },
    effects: [{ key: "execution-1/1/act/1#0", method: "issues.createComment" }],
  });
  const [text = ""] = bodies();
  expect(text).not.toMatch(/@dev|#1|<img|<!-- hishamos:0 -->/);
  expect(text).toMatch(/^Hello @\u200Ddev.*<!-- hishamos:\w+ -->$/s);
});

test("a comment as long as a model likes is cut, and can still be found", async () => {
  const wanted = { type: "comment", body: "<".repeat(60_000) } as const;
  expect(await carryOut(wanted)).toMatchObject({ type: "done" });
  expect(await carryOut(wanted, 0, true)).toMatchObject({ type: "done" });
  expect(bodies()).toHaveLength(1);
});

test("labels are added to the subject, whose page is told", async () => {
  const result = await carryOut({ type: "labels", add: ["bug", "needs info"] });
  expect(result).toMatchObject({
    type: "done",
    done: { type: "labels", url: expect.stringContaining("/1") },
  });
  const { labels } = stage.github.issue(repo, 1);
  expect(labels.map((label) => (typeof label === "string" ? label : label.name))).toEqual([
    "bug",
    "needs info",
  ]);
});

test("an issue is made, with a title on one line", async () => {
  const result = await carryOut({ type: "issue", title: " Look\n at <this> ", body: "cc @dev" });
  const made = stage.github.issues(repo).find(({ title }) => title === "Look at <this>");
  expect(made?.body).toMatch(/^cc @\u200Ddev/);
  expect(result).toMatchObject({ type: "done", done: { type: "issue", url: made?.html_url } });
});

test.for<SafeRequest>([
  { type: "comment", body: "Thank you" },
  { type: "issue", title: "Look", body: "At this" },
  { type: "labels", add: ["bug"] },
])("what an attempt before a crash did is found, and not done again: %j", async (wanted) => {
  const before = await carryOut(wanted, 3);
  const count = () => [bodies().length, stage.github.issues(repo).length];
  const there = count();
  expect(await carryOut(wanted, 3, true)).toEqual(before);
  expect(count()).toEqual(there);
});

test("two of one kind are two, each by its number", async () => {
  await carryOut({ type: "comment", body: "One" }, 0);
  await carryOut({ type: "comment", body: "Two" }, 1, true);
  expect(bodies()).toHaveLength(2);
});

test("another subject of the step gets them", async () => {
  const run = { subject: 2 };
  const result = await carryOut({ type: "comment", body: "Here" }, 0, false, { run });
  expect(bodies(2)).toHaveLength(1);
  expect(result).toMatchObject({ type: "done", done: { url: expect.stringContaining("/2#") } });
});

test("a step that is unique is none of its requests", async () => {
  const run = { unique: "one" };
  await carryOut({ type: "comment", body: "One" }, 0, false, { run });
  await carryOut({ type: "comment", body: "Two" }, 1, false, { run });
  expect(bodies()).toHaveLength(2);
  expect(await carryOut({ type: "labels", add: ["bug"] }, 2, false, { run })).toMatchObject({ type: "done" });
});

test("a permission that the workflow does not declare is named", async () => {
  const permissions = { issues: "read" } as const;
  const result = await carryOut({ type: "labels", add: ["bug"] }, 0, false, { permissions });
  expect(result).toMatchObject({ type: "failed", error: { code: "http_403" } });
  expect(result.type === "failed" && result.error.message).toContain("`permissions`");
});

test("of two answers under one key the first is kept; other keys have their own", async () => {
  expect(await outputs.recall("a")).toBe(null);
  expect(await outputs.keep("a", { n: 1 })).toEqual({ n: 1 });
  expect(await outputs.keep("a", { n: 2 })).toEqual({ n: 1 });
  expect(await outputs.recall("a")).toEqual({ n: 1 });
  expect(await outputs.recall("b")).toBe(null);
  expect(await outputs.keep("b", [])).toEqual([]);
});
