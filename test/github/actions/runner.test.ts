import nock from "nock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createActionRunner } from "../../../src/github/actions/index.ts";
import { aGitHub, aRequest, hastyClock, repository, testClients } from "./support.ts";

beforeEach(() => {
  nock.disableNetConnect();
  aGitHub();
});
afterEach(() => {
  nock.abortPendingRequests();
  nock.cleanAll();
});

const github = () => nock("https://api.github.com");

function aRunner() {
  const clock = hastyClock();
  return { clock, runner: createActionRunner({ clients: testClients(), clock, appSlug: "hishamos" }) };
}

const pull = { number: 9, url: "", branch: "fix", head_sha: "abc", state: "open" } as const;

const page = (n: number) => `${repository}/issues/1/comments?per_page=100${n > 1 ? `&page=${n}` : ""}`;
const items = (from: number) => Array.from({ length: 100 }, (_, i) => ({ id: from + i }));

describe("what is sent", () => {
  test.for([
    ["issues.addLabels", { labels: ["x"] }, "post", `${repository}/issues/1/labels`, { labels: ["x"] }],
    ["issues.update", { state: "closed" }, "patch", `${repository}/issues/1`, { state: "closed" }],
    ["issues.lock", { issue_number: 5 }, "put", `${repository}/issues/5/lock`, ""],
    ["pulls.merge", {}, "put", `${repository}/pulls/9/merge`, ""],
    [
      "reactions.createForIssue",
      { content: "+1" },
      "post",
      `${repository}/issues/1/reactions`,
      { content: "+1" },
    ],
  ] as const)("%s is filled from the execution", async ([action, input, verb, path, body]) => {
    const sent = github()[verb](path, body).reply(200, { html_url: "https://github.com/made" });
    const { runner } = aRunner();
    const result = await runner.run(aRequest(action, input, { execution: { linked: [pull] } }));
    expect(result).toEqual({
      type: "succeeded",
      output: { html_url: "https://github.com/made" },
      effects: [{ key: "execution-1/1/act/1", method: action, ref: "https://github.com/made" }],
    });
    sent.done();
  });

  test.for([
    ["pulls.merge", {}, "no_pull_request"],
    ["issues.nothing", {}, "unknown_action"],
    ["issues.constructor", {}, "unknown_action"],
    ["constructor.name", {}, "unknown_action"],
    ["issues.getMilestone", {}, "missing_input"],
    ["issues.listForRepo", { max_items: 0 }, "invalid_input"],
    ["issues.update", "close it", "invalid_input"],
    ["issues.update", { baseUrl: "https://evil.example" }, "reserved_input"],
    ["issues.update", { headers: { host: "x" } }, "reserved_input"],
    ["issues.getLabel", { name: ".." }, "invalid_input"],
    ["http.request", {}, "invalid_input"],
    ["actions.run", {}, "invalid_input"],
    ["actions.run", { workflow: "../../x/dispatches" }, "invalid_input"],
    ["actions.run", { workflow: "ci.yml", inputs: ["a"] }, "invalid_input"],
    ["comment.sticky", {}, "missing_input"],
  ] as const)("%s with %j is refused as %s, and nothing is sent", async ([action, input, code]) => {
    const { runner } = aRunner();
    const result = await runner.run(aRequest(action, input));
    expect(result).toMatchObject({ type: "failed", error: { code, class: "error" }, effects: [] });
  });

  test("a list is read to the end of its pages, and no further than max_items", async () => {
    const next = (n: number) => ({ link: `<https://api.github.com${page(n)}>; rel="next"` });
    github().get(page(1)).reply(200, items(0), next(2)).get(page(2)).reply(200, items(100), next(3));
    const { runner } = aRunner();
    const result = await runner.run(aRequest("issues.listComments", { max_items: 150 }));
    expect(result).toMatchObject({ type: "succeeded", effects: [] });
    expect(result.type === "succeeded" && result.output).toHaveLength(150);
  });

  test("a list inside an object keeps its shape over all pages", async () => {
    const path = `${repository}/actions/runs?per_page=100`;
    github()
      .get(path)
      .reply(
        200,
        { total_count: 2, workflow_runs: [{ id: 1, node_id: "x", jobs_url: "y" }] },
        {
          link: `<https://api.github.com${path}&page=2>; rel="next"`,
        },
      )
      .get(`${path}&page=2`)
      .reply(200, { total_count: 2, workflow_runs: [{ id: 2 }] });
    const { runner } = aRunner();
    const result = await runner.run(aRequest("actions.listWorkflowRunsForRepo"));
    expect(result).toMatchObject({ output: { total_count: 2, workflow_runs: [{ id: 1 }, { id: 2 }] } });
  });
});

describe("what GitHub refuses", () => {
  const label = `${repository}/issues/1/labels`;
  const now = Date.UTC(2026, 0, 1);
  test.for([
    [401, { message: "Bad credentials" }, {}, "http_401", "error", /APP_ID/],
    [
      403,
      { message: "Resource not accessible by integration", documentation_url: "https://docs.github.com/x" },
      { "x-accepted-github-permissions": "issues=write; pull_requests=write" },
      "http_403",
      "error",
      /integration\. See https:\/\/docs.github.com\/x\. .*`issues: write`, or `pull_requests: write`/,
    ],
    [404, { message: "Not Found" }, {}, "http_404", "error", /does not exist/],
    [409, { message: "Conflict" }, {}, "http_409", "error", /same time/],
    [410, { message: "Issues are disabled" }, {}, "http_410", "error", /turned off/],
    [
      422,
      { message: "Validation Failed", errors: [{ resource: "Label", field: "name", code: "invalid" }] },
      {},
      "http_422",
      "error",
      /Validation Failed: Label name invalid/,
    ],
    [429, { message: "slow down" }, { "retry-after": "30" }, "rate_limited", "transient", /00:00:30/],
    [403, { message: "secondary rate limit" }, {}, "rate_limited", "transient", /00:01:00/],
    [
      403,
      { message: "API rate limit exceeded" },
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1000 + 600) },
      "rate_limited",
      "transient",
      /00:10:00/,
    ],
  ] as const)("%i %j is %s, %s", async ([status, body, headers, code, failureClass, message]) => {
    github()
      .post(label)
      .times(status === 401 ? 3 : 1)
      .reply(status, body, headers);
    const { runner } = aRunner();
    const result = await runner.run(aRequest("issues.addLabels", { labels: ["x"] }));
    expect(result).toMatchObject({ type: "failed", error: { code, class: failureClass } });
    expect(result.type === "failed" && result.error.message).toMatch(message);
    expect(result.type === "failed" && "notBefore" in result).toBe(code === "rate_limited");
  });

  test.for([
    [404, /install it again/],
    [403, /suspended/],
    [422, /does not grant what the workflow declares/],
  ] as const)("a token refused with %i tells what to do", async ([status, message]) => {
    nock.cleanAll();
    github().post("/app/installations/1/access_tokens").reply(status, { message: "no" });
    const { runner } = aRunner();
    const result = await runner.run(aRequest("issues.addLabels", { labels: ["x"] }));
    expect(result).toMatchObject({ type: "failed", error: { code: `http_${status}`, class: "error" } });
    expect(result.type === "failed" && result.error.message).toMatch(message);
  });
});

describe("an answer that never comes", () => {
  test.for([
    ["issues.addLabels", { labels: ["x"] }, "post", `${repository}/issues/1/labels`],
    ["issues.update", { state: "closed" }, "patch", `${repository}/issues/1`],
    ["issues.get", {}, "get", `${repository}/issues/1`],
  ] as const)("%s is repeated", async ([action, input, verb, path]) => {
    const sent = github();
    sent[verb](path).reply(502);
    sent[verb](path).replyWithError("socket hang up");
    sent[verb](path).reply(200, {});
    const { runner, clock } = aRunner();
    expect(await runner.run(aRequest(action, input))).toMatchObject({ type: "succeeded" });
    expect(clock.waits).toEqual([500, 1000]);
    sent.done();
  });

  test("after three repetitions the failure is transient", async () => {
    github().post(`${repository}/issues/1/labels`).times(4).reply(503, { message: "Unavailable" });
    const { runner } = aRunner();
    const result = await runner.run(aRequest("issues.addLabels", { labels: ["x"] }));
    expect(result).toMatchObject({ type: "failed", error: { code: "http_503", class: "transient" } });
  });

  test.for(["repos.createDispatchEvent", "repos.createDeployment", "repos.createDeploymentStatus"] as const)(
    "%s is never repeated and asks a person",
    async (action) => {
      const sent = github().post(/./).reply(502);
      const { runner } = aRunner();
      const input = { event_type: "x", ref: "main", deployment_id: 1, state: "success" };
      const result = await runner.run(aRequest(action, input));
      expect(result).toMatchObject({ type: "failed", error: { code: "outcome_unknown", class: "error" } });
      expect(result.type === "failed" && result.error.message).toMatch(
        /\/hishamos retry`.*\/hishamos skip act/,
      );
      sent.done();
    },
  );

  test("a once-method that may have happened is not sent at all", async () => {
    const sent = github().post(`${repository}/dispatches`).reply(204);
    const { runner } = aRunner();
    const request = aRequest("repos.createDispatchEvent", { event_type: "x" }, { mayHaveHappened: true });
    expect(await runner.run(request)).toMatchObject({ error: { code: "outcome_unknown" } });
    expect(sent.isDone()).toBe(false);
  });

  test("a connection that was never made leaves no doubt", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    github()
      .post(`${repository}/dispatches`)
      .replyWithError(refused)
      .post(`${repository}/dispatches`)
      .reply(204);
    const { runner } = aRunner();
    const result = await runner.run(aRequest("repos.createDispatchEvent", { event_type: "x" }));
    expect(result).toMatchObject({ type: "succeeded", output: null });
  });

  test.for([
    ["issues.removeLabel", { name: "bug" }, "delete", `${repository}/issues/1/labels/bug`, 404],
    ["git.deleteRef", { ref: "heads/x" }, "delete", /git\/refs/, 422],
    ["actions.cancelWorkflowRun", { run_id: 3 }, "post", `${repository}/actions/runs/3/cancel`, 409],
  ] as const)("%s: nothing left to do is done when repeated, and an error at first", async (row) => {
    const [action, input, verb, path, status] = row;
    github()[verb](path).twice().reply(status, { message: "no" });
    const { runner } = aRunner();
    const again = await runner.run(aRequest(action, input, { mayHaveHappened: true }));
    const first = await runner.run(aRequest(action, input));
    expect([again.type, first.type]).toEqual(["succeeded", "failed"]);
  });

  test("an aborted step ends at once", async () => {
    const stop = new AbortController();
    github()
      .post(`${repository}/issues/1/labels`)
      .reply(() => {
        stop.abort();
        return [502];
      });
    const { runner } = aRunner();
    const result = await runner.run(aRequest("issues.addLabels", { labels: ["x"] }, { signal: stop.signal }));
    expect(result).toMatchObject({ type: "failed", error: { code: "cancelled" } });
  });
});
