import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  // The App has come to ask for more, and nobody has accepted it yet.
  stage = await openStage(
    {},
    { app: { permissions: { metadata: "read", issues: "write", contents: "read" } } },
  );
});
afterAll(() => stage.github.close());

const permissions = { issues: "write", contents: "write", deployments: "write" } as const;

test("a step that needs nothing of what is not granted does its work", async () => {
  const result = await stage.run("issues.createComment", { body: "hello" }, { permissions });
  expect(result).toMatchObject({ type: "succeeded" });
});

test("a step that needs some of it fails for good, with what it lacks and where that is accepted", async () => {
  const input = { path: "b.txt", message: "b", content: "Yg==" };
  const result = await stage.run("repos.createOrUpdateFileContents", input, { permissions });
  expect(result).toMatchObject({ type: "failed", error: { class: "error" } });
  const message = result.type === "failed" ? result.error.message : "";
  expect(message).toContain("does not grant `contents: write`, which the workflow declares");
  expect(message).toMatch(/settings\/installations\/\d+/);
});

test("what is granted less than asked is used as far as it goes", async () => {
  expect(await stage.run("repos.getContent", { path: "a.txt" }, { permissions })).toMatchObject({
    type: "succeeded",
  });
});
