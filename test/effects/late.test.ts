import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { type Stores, silentLog } from "../../src/engine/ports/index.ts";
import { createClients } from "../../src/github/clients.ts";
import { createProcessor } from "../../src/github/process.ts";
import { createInProcessQueue } from "../../src/queue/in-process.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { openStage, repo, type Stage } from "../github/actions/stage.ts";
import { hastyClock } from "../github/actions/support.ts";
import { permitted } from "./rows.ts";

let stage: Stage;
let stores: Stores;
beforeEach(async () => {
  stage = await openStage();
  stores = await openSqliteStores({ directory: ":memory:" });
});
afterEach(async () => {
  await stage.github.close();
  await stores.close();
});

const act = (action: string, input: Json) => stage.run(action, input, permitted("act"));

/** What one of several processes, or a process alone, makes of the webhook that tells of this. */
async function hears(event: string, payload: object, { shared = true, sender = "hishamos[bot]" } = {}) {
  const { github } = stage;
  const clock = hastyClock();
  const { id: appId, privateKey } = github.app;
  const clients = createClients({ appId, privateKey, baseUrl: `${github.url}/api/v3` });
  const runner = { run: () => Promise.reject(new Error("nothing runs here")) };
  const queue = createInProcessQueue({ concurrency: 1 });
  const engine = createEngine({ stores, queue, clock, runners: { agent: runner, action: runner } });
  const { process } = createProcessor({ appId, engine, stores, clients, clock, log: silentLog, shared });
  const { data } = await clients.app().rest.apps.listInstallations();
  const whole: JsonObject = JSON.parse(
    JSON.stringify({
      ...payload,
      installation: { id: data[0]?.id },
      repository: {
        id: stage.repositoryId,
        owner: { login: "octo-org" },
        name: "octo-repo",
        default_branch: "main",
      },
      sender: { login: sender, type: sender.endsWith("[bot]") ? "Bot" : "User" },
    }),
  );
  return process({
    id: "delivery-1",
    event,
    receivedAt: Date.now(),
    payload: whole,
    outcome: null,
    attempts: 1,
    holder: null,
    revision: 1,
  });
}

const commented = (at: number) => ({
  action: "created",
  issue: { number: 1 },
  comment: stage.github.comments(repo, 1)[at],
});

describe("GitHub tells of what a process did that was frozen meanwhile", () => {
  test("a comment that stands there already is removed", async () => {
    await act("issues.createComment", { body: "Hello" });
    await act("issues.createComment", { body: "Hello" });
    const [first] = stage.github.comments(repo, 1);
    expect(await hears("issue_comment", commented(1))).toContain("removed a comment on #1 that came late");
    expect(stage.github.comments(repo, 1).map(({ id }) => id)).toEqual([first?.id]);
  });

  test("an issue that is open already is closed", async () => {
    await act("issues.create", { title: "Follow up" });
    await act("issues.create", { title: "Follow up" });
    const issue = stage.github.issues(repo).at(-1);
    expect(await hears("issues", { action: "opened", issue })).toContain("closed 1 issues that came late");
    expect(stage.github.issues(repo).map(({ number, state }) => `${number} ${state}`)).toEqual([
      "1 open",
      "3 open",
      "4 closed",
    ]);
  });

  test("what stands there once stays", async () => {
    await act("issues.createComment", { body: "Hello" });
    await stage.run("issues.createComment", { body: "Hello" }, permitted("other"));
    expect(await hears("issue_comment", commented(0))).not.toContain("late");
    expect(stage.github.comments(repo, 1)).toHaveLength(2);
  });

  test("what a stranger has copied stays, and takes nothing along", async () => {
    await act("issues.createComment", { body: "Hello" });
    const [made] = stage.github.comments(repo, 1);
    stage.github.as("reporter").comment({ repo, number: 1 }, made?.body ?? "");
    expect(await hears("issue_comment", commented(1), { sender: "reporter" })).not.toContain("late");
    expect(await hears("issue_comment", commented(0))).not.toContain("late");
    expect(stage.github.comments(repo, 1)).toHaveLength(2);
  });

  test("a process that is alone asks GitHub for nothing", async () => {
    await act("issues.createComment", { body: "Hello" });
    const before = () => stage.github.requests().filter(({ path }) => path.endsWith("/comments")).length;
    const known = before();
    await hears("issue_comment", commented(0), { shared: false });
    expect(before()).toBe(known);
  });
});
