import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { marker } from "../../../src/github/marker.ts";
import { openStage, repo, type Stage } from "./stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
  const dev = stage.github.as("dev");
  for (const branch of ["next", "later"]) {
    dev.push({ repo, branch, from: "main", message: branch, files: { [`${branch}.txt`]: "x" } });
  }
});
afterEach(() => stage.github.close());

const permissions = { issues: "write", pull_requests: "write", contents: "write", checks: "write" } as const;

/** By an execution of its own, later than the others. */
let executions = 0;
function make(action: string, input: Json, unique: string | undefined, subject?: number) {
  executions += 1;
  return stage.run(action, input, {
    permissions,
    execution: { id: `execution-${executions}`, startedAt: Date.now() + 3_600_000 },
    run: {
      ...(unique === undefined ? {} : { unique }),
      ...(subject === undefined ? {} : { subject }),
    },
  });
}

const count = {
  issues: () => stage.github.issues(repo).length,
  comments: () => stage.github.comments(repo, 1).length,
  pulls: () => stage.github.pullRequests(repo).length,
  checks: () => stage.github.checkRuns(repo, 2).length,
};

describe("unique: what one execution made, another uses", () => {
  const rows: readonly (readonly [string, () => Json, () => Json, () => number])[] = [
    ["issues.create", () => ({ title: "Weekly" }), () => ({ title: "Other words" }), count.issues],
    ["issues.createComment", () => ({ body: "One" }), () => ({ body: "Two" }), count.comments],
    [
      "pulls.create",
      () => ({ title: "Sync", head: "next", base: "main" }),
      () => ({ title: "Sync", head: "later", base: "main" }),
      count.pulls,
    ],
    [
      "checks.create",
      () => ({ name: "lint", head_sha: stage.head() }),
      () => ({ name: "lint", head_sha: stage.head() }),
      count.checks,
    ],
  ];

  test.for(rows)("%s", async ([action, first, second, number]) => {
    const before = number();
    const made = await make(action, first(), "2026-47");
    const again = await make(action, second(), "2026-47");
    if (made.type !== "succeeded" || again.type !== "succeeded") {
      throw new Error(JSON.stringify([made, again]));
    }
    expect(again.output).toMatchObject({ id: (made.output as { id: number }).id });
    expect(number()).toBe(before + 1);
  });

  test.for(rows)(
    "%s under another key, and without one, is another",
    async ([action, first, second, number]) => {
      const before = number();
      await make(action, first(), "2026-47");
      await make(action, second(), "2026-48");
      expect(number()).toBe(before + 2);
    },
  );

  test("a closed one counts too", async () => {
    await make("issues.create", { title: "Once" }, "k");
    const made = stage.github.issues(repo).at(-1);
    stage.github.as("dev").closeIssue({ repo, number: made?.number ?? 0 });
    expect(await make("issues.create", { title: "Once" }, "k")).toMatchObject({
      output: { number: made?.number },
    });
  });

  test("a stranger who copies the mark gains nothing", async () => {
    const mark = (action: string) => marker(`unique/${stage.repositoryId}/${action}/k`);
    const { github } = stage;
    github.as("reporter").openIssue({ repo, title: "Mine", body: mark("issues.create") });
    github.as("reporter").comment({ repo, number: 1 }, mark("issues.createComment"));
    github.as("dev").openPullRequest({ repo, title: "Mine", head: "later", body: mark("pulls.create") });
    expect(await make("issues.create", { title: "Weekly" }, "k")).toMatchObject({
      output: { title: "Weekly", body: expect.stringContaining(mark("issues.create")) },
    });
    expect(await make("issues.createComment", { body: "Hello" }, "k")).toMatchObject({
      output: { user: { login: "hishamos[bot]" } },
    });
    expect(await make("pulls.create", { title: "Sync", head: "next", base: "main" }, "k")).toMatchObject({
      output: { title: "Sync" },
    });
  });

  test("a lost answer is found under the key too", async () => {
    stage.github.failNext({ drop: "after", method: "POST", path: /\/issues$/ });
    expect(await make("issues.create", { title: "Weekly" }, "k")).toMatchObject({ type: "succeeded" });
    expect(count.issues()).toBe(2);
  });

  test("the sticky comment is one for all", async () => {
    await make("comment.sticky", { body: "one" }, "state");
    await make("comment.sticky", { body: "two" }, "state");
    await make("comment.sticky", { body: "three" }, undefined);
    expect(stage.github.comments(repo, 1).map(({ body }) => body.split("\n")[0])).toEqual(["two", "three"]);
  });

  test.for([["issues.addLabels"], ["repos.createDispatchEvent"], ["issues.get"]] as const)(
    "%s makes nothing that could be unique",
    async ([action]) => {
      const input = action === "issues.addLabels" ? { labels: ["bug"] } : {};
      expect(await make(action, input, "k")).toMatchObject({
        type: "failed",
        error: { code: "not_unique" },
      });
    },
  );
});

describe("subject: another issue or pull request fills the numbers left out", () => {
  let other: number;
  beforeEach(() => {
    other = stage.github.as("dev").openPullRequest({ repo, title: "Next", head: "next" }).number;
  });

  test.for<readonly [string, Json, () => number, object]>([
    ["issues.createComment", { body: "Hello" }, () => other, { type: "succeeded" }],
    ["issues.update", { state: "closed" }, () => other, { output: { state: "closed" } }],
    ["pulls.get", {}, () => other, { output: { title: "Next" } }],
    ["pulls.get", {}, () => 2, { output: { title: "Fix it" } }],
    ["pulls.get", { pull_number: 2 }, () => 1, { output: { title: "Fix it" } }],
    ["pulls.get", {}, () => 1, { type: "failed", error: { code: "no_pull_request" } }],
    ["pulls.get", {}, () => 99, { type: "failed", error: { code: "http_404" } }],
    ["issues.get", { issue_number: 1 }, () => other, { output: { number: 1 } }],
  ])("%s with %j", async ([action, input, subject, outcome]) => {
    expect(await make(action, input, undefined, subject())).toMatchObject(outcome);
  });

  test("the comment is on it", async () => {
    await make("issues.createComment", { body: "Hello" }, undefined, other);
    await make("comment.sticky", { body: "State" }, undefined, other);
    expect(stage.github.comments(repo, other)).toHaveLength(2);
    expect(count.comments()).toBe(0);
  });
});
