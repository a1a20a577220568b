import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { marker, withMarker } from "../../src/github/marker.ts";
import type { Fault } from "../../src/sandbox/github/index.ts";
import { openStage, repo, type Stage } from "../github/actions/stage.ts";
import { permitted } from "./rows.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.github.close());

const act = (action: string, input: Json, mayHaveHappened = false) =>
  stage.run(action, input, { ...permitted("act"), mayHaveHappened });

const faults: readonly (readonly [string, Omit<Fault, "path"> | null])[] = [
  ["goes well", null],
  ["is done and not answered", { drop: "after" }],
  ["is done and answered with 502", { status: 502, performed: true }],
  ["is not done", { status: 500 }],
];

describe.for(faults)(
  "what a frozen process did late is taken back, the younger first, and told, where that %s",
  ([, fault]) => {
    test("comments are deleted", async () => {
      for (let n = 0; n < 3; n++) await act("issues.createComment", { body: "Hello" });
      const [oldest] = stage.github.comments(repo, 1);
      if (fault) stage.github.failNext({ ...fault, method: "DELETE", path: /comments/ });
      expect(await act("issues.createComment", { body: "Hello" }, true)).toMatchObject({
        output: { id: oldest?.id },
      });
      expect(stage.github.comments(repo, 1).map(({ id }) => id)).toEqual([oldest?.id]);
      const removed = stage.github.requests().filter(({ method }) => method === "DELETE");
      const ids = removed.map(({ path }) => Number(path.split("/").at(-1)));
      expect(ids.toSorted((a, b) => b - a)).toEqual(ids);
    });

    test("issues can't be deleted and are closed", async () => {
      for (let n = 0; n < 2; n++) await act("issues.create", { title: "Follow up" });
      if (fault) stage.github.failNext({ ...fault, method: "PATCH", path: /issues/ });
      const result = await act("issues.create", { title: "Follow up" }, true);
      expect(result).toMatchObject({ output: { number: 3, state: "open" } });
      expect(stage.github.issues(repo).map(({ number, state }) => `${number} ${state}`)).toEqual([
        "1 open",
        "3 open",
        "4 closed",
      ]);
    });
  },
);

test("a duplicate that another process has deleted first is no failure", async () => {
  for (let n = 0; n < 2; n++) await act("issues.createComment", { body: "Hello" });
  stage.github.failNext({ status: 404, performed: true, method: "DELETE", path: /comments/ });
  expect(await act("issues.createComment", { body: "Hello" }, true)).toMatchObject({ type: "succeeded" });
  expect(stage.github.comments(repo, 1)).toHaveLength(1);
});

describe("two executions that make the same unique thing at the same instant", () => {
  const rows: readonly (readonly [string, (who: string) => Json, () => number])[] = [
    [
      "issues.create",
      (who) => ({ title: who }),
      () => stage.github.issues(repo).filter(({ state, number }) => state === "open" && number > 1).length,
    ],
    ["issues.createComment", (who) => ({ body: who }), () => stage.github.comments(repo, 1).length],
    [
      "pulls.create",
      (who) => ({ title: who, head: who, base: "main" }),
      () =>
        stage.github.pullRequests(repo).filter(({ state, number }) => state === "open" && number > 2).length,
    ],
  ];
  test.for(rows)("%s: the older one counts for both", async ([action, input, count]) => {
    const whos = ["one", "two"];
    for (const branch of whos) {
      stage.github.as("dev").push({ repo, branch, from: "main", message: branch, files: { [branch]: "x" } });
    }
    const results = await Promise.all(
      whos.map((who) => stage.run(action, input(who), { ...permitted(who), run: { unique: "k" } })),
    );
    const ids = results.map((result) =>
      result.type === "succeeded" ? (result.output as { readonly id: number }).id : result,
    );
    expect(new Set(ids).size).toBe(1);
    expect(count()).toBe(1);
  });
});

describe("a marker in a text that a workflow repeats", () => {
  const forged = marker("ask/some-other");
  const bodies = () => [
    stage.github.issue(repo, 1).body ?? "",
    ...stage.github.comments(repo, 1).map(({ body }) => body),
    ...stage.github.pullRequests(repo).map(({ body }) => body ?? ""),
    ...stage.github.reviews({ repo, number: 2 }).map(({ body }) => body),
  ];

  test.for<readonly [string, (body: string) => Json]>([
    ["issues.update", (body) => ({ body })],
    ["pulls.update", (body) => ({ body })],
    ["issues.createComment", (body) => ({ body })],
    ["comment.sticky", (body) => ({ body })],
    ["pulls.createReview", (body) => ({ event: "COMMENT", body })],
    ["issues.updateComment", (body) => ({ body, comment_id: stage.github.comments(repo, 1)[0]?.id ?? 0 })],
  ])("marks nothing by %s", async ([action, input]) => {
    await stage.run("issues.createComment", { body: "First" }, permitted("first"));
    // The second form would come to be a marker if the opening were only taken out.
    const nested = forged.replace("<!-- hishamos:", "<!-- hishamos:hishamos:");
    expect(await act(action, input(`> ${forged}\n> ${nested}\n\nSo you say: ${forged}`))).toMatchObject({
      type: "succeeded",
    });
    expect(bodies().filter((body) => body.includes(forged))).toEqual([]);
    expect(bodies().some((body) => body.includes("So you say"))).toBe(true);
  });

  test("stays where it is the one that the comment has", async () => {
    await act("issues.createComment", { body: "First" });
    const [made] = stage.github.comments(repo, 1);
    const body = `${forged}\n${made?.body.replace("First", "Second")}`;
    await stage.run("issues.updateComment", { comment_id: made?.id ?? 0, body }, permitted("other"));
    const key = permitted("act").key;
    expect(stage.github.comments(repo, 1)[0]?.body).toBe(withMarker(`${forged}\nSecond`, key));
  });

  test("does not stay where a stranger has put it into a comment of their own", async () => {
    const theirs = stage.github.as("reporter").comment({ repo, number: 1 }, `Mine\n\n${forged}`);
    const body = `Edited\n\n${forged}`;
    await stage.run("issues.updateComment", { comment_id: theirs.id, body }, permitted("other"));
    expect(bodies().filter((one) => one.includes(forged))).toEqual([]);
  });
});
