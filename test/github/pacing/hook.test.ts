import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../../src/engine/clock/simulated.ts";
import { silentLog } from "../../../src/engine/ports/log.ts";
import { createActionRunner } from "../../../src/github/actions/index.ts";
import { createClients } from "../../../src/github/clients.ts";
import { readFailure } from "../../../src/github/failures.ts";
import { createPacing, type Urgency } from "../../../src/github/pacing/index.ts";
import { aRequest, pem } from "../actions/support.ts";
import { PacingRows } from "./support.ts";

const place = { owner: "octo-org", repo: "octo-repo" };

/** Replicas over one store, and GitHub that answers anything as told and keeps what it was asked. */
function aStage() {
  const clock = new SimulatedClock();
  const store = new PacingRows();
  const asked: string[] = [];
  let answer = () => new Response("{}", { headers: { "content-type": "application/json" } });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    if (path.endsWith("/access_tokens"))
      return Response.json({ token: "t", expires_at: "2999-01-01T00:00:00Z" }, { status: 201 });
    asked.push(`${init?.method ?? "GET"} ${path.replace("/repos/octo-org/octo-repo", "")}`);
    return answer();
  };
  const replica = () => {
    const pacing = createPacing({ store, clock, log: silentLog });
    const clients = createClients({ appId: 7, privateKey: pem, fetch, now: () => clock.now(), pacing });
    const octokit = (urgency?: Urgency) => clients.installation(1, {}, urgency);
    return { pacing, clients, octokit };
  };
  const counted = () => store.rows.get(1)?.grants.length ?? 0;
  const says = (status: number, headers: Record<string, string> = {}) => {
    answer = () =>
      Response.json(
        { message: "no" },
        { status, headers: { "content-type": "application/json", ...headers } },
      );
  };
  return { clock, store, asked, replica, counted, says };
}

async function refused(write: Promise<unknown>): Promise<Error> {
  return await write.then(
    () => {
      throw new Error("it was not refused");
    },
    (error: Error) => error,
  );
}

describe("what counts", () => {
  test("is everything but what is only read, and tokens", async () => {
    const { replica, counted, asked } = aStage();
    const octokit = replica().octokit();
    await octokit.rest.issues.get({ ...place, issue_number: 1 });
    await octokit.request("HEAD /repos/octo-org/octo-repo");
    expect(counted()).toBe(0);
    await octokit.rest.issues.createComment({ ...place, issue_number: 1, body: "a" });
    await octokit.rest.issues.update({ ...place, issue_number: 1, state: "closed" });
    await octokit.rest.issues.deleteComment({ ...place, comment_id: 1 });
    await octokit.rest.reactions.createForIssueComment({ ...place, comment_id: 1, content: "eyes" });
    await octokit.rest.issues.lock({ ...place, issue_number: 1 });
    await octokit.graphql("mutation { a }").catch(() => {});
    expect(counted()).toBe(6);
    expect(asked).toHaveLength(8);
  });

  test("is no request that had its turn already", async () => {
    const { replica, counted, asked } = aStage();
    const request = { turnTaken: true };
    await replica()
      .octokit()
      .rest.issues.createComment({ ...place, issue_number: 1, body: "a", request });
    expect([counted(), asked.length]).toEqual([0, 1]);
  });
});

test("a request may be more urgent than its client", async () => {
  const { replica } = aStage();
  const { pacing, octokit } = replica();
  while ((await pacing.turnSoon(1, "news", 0)) === "granted");
  const write = (request: object) =>
    octokit("news").rest.issues.createComment({ ...place, issue_number: 1, body: "a", request });
  expect((await refused(write({}))).name).toBe("TurnRefused");
  await write({ urgency: "people" satisfies Urgency });
});

describe("a step that would have to wait for long", () => {
  test("is postponed without a request, until there is room", async () => {
    const { replica, asked, clock } = aStage();
    const { pacing, clients } = replica();
    while ((await pacing.turnSoon(1, "steps", 0)) === "granted");
    const runner = createActionRunner({ clients, clock, appSlug: "hishamos" });
    const result = await runner.run(aRequest("issues.addLabels", { labels: ["bug"] }));
    expect(result).toMatchObject({
      type: "failed",
      error: { code: "rate_limited", class: "transient" },
      postponed: true,
      notBefore: clock.now() + 70_000,
    });
    expect(asked).toEqual([]);
    clock.advance(70_000);
    expect(await runner.run(aRequest("issues.addLabels", { labels: ["bug"] }))).toMatchObject({
      type: "succeeded",
    });
  });

  test("a delivery's work comes again at the time that it is told", async () => {
    const { replica, clock } = aStage();
    const { pacing, octokit } = replica();
    while ((await pacing.turnSoon(1, "answers", 0)) === "granted");
    const write = octokit("answers").rest.issues.createComment({ ...place, issue_number: 1, body: "a" });
    expect(readFailure(await refused(write), clock.now())).toMatchObject({
      transient: true,
      notBefore: clock.now() + 70_000,
    });
  });

  test("whose writes can't be counted is postponed too, and nothing is sent", async () => {
    const { replica, store, asked, clock } = aStage();
    const { clients } = replica();
    store.broken = true;
    const runner = createActionRunner({ clients, clock, appSlug: "hishamos" });
    const result = await runner.run(aRequest("issues.addLabels", { labels: ["bug"] }));
    expect(result).toMatchObject({ type: "failed", postponed: true, notBefore: clock.now() + 3_000 });
    expect(asked).toEqual([]);
  });
});

describe("what GitHub says of its limits", () => {
  test.for([
    ["429 with retry-after", 429, { "retry-after": "120" }, 120_000],
    ["403 with nothing remaining", 403, { "x-ratelimit-remaining": "0" }, 60_000],
  ] as const)("%s: no replica writes before that is over", async ([, status, headers, ms]) => {
    const { replica, says, asked, clock } = aStage();
    const [one, other] = [replica(), replica()];
    says(status, headers);
    await refused(one.octokit().rest.issues.get({ ...place, issue_number: 1 }));
    says(200);
    const write = () =>
      other.octokit("answers").rest.issues.createComment({ ...place, issue_number: 1, body: "a" });
    await refused(write());
    clock.advance(ms - 1);
    const soon = write();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await soon;
    expect(asked).toHaveLength(2);
  });

  test("403 for a permission that is missing pauses nothing", async () => {
    const { replica, says, store } = aStage();
    says(403);
    await refused(
      replica()
        .octokit()
        .rest.issues.get({ ...place, issue_number: 1 }),
    );
    expect(store.rows.size).toBe(0);
  });
});
