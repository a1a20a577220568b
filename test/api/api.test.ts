import { createHash } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { anExecution, nextRevision } from "../support/execution.ts";
import { type Bench, openBench, operatorToken } from "./support.ts";

const base = "/api/v1/workflows";
const id = "ab".repeat(16);
let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

describe("workflows", () => {
  test("are listed, and shown with text, inputs and a drawing", async () => {
    const { body } = await bench.get(`${base}/?repository=octo-org/octo-repo`);
    expect(body.workflows).toMatchObject([{ id: "1000.work", name: "Work", valid: true }]);
    const one = await bench.get(`${base}/1000.work/`);
    expect(one.body).toMatchObject({
      text: expect.stringContaining("name: Work"),
      inputs: { title: { schema: { type: "string" }, required: true } },
      drawing: "flowchart TD",
    });
  });

  test("are proposed as a pull request, once per key", async () => {
    const proposal = { repository: "octo-org/octo-repo", path: ".hishamos/new.yml", definition: "name: New" };
    const made = await bench.post(`${base}/`, proposal, "maya", { "idempotency-key": "k1" });
    expect(made).toMatchObject({ status: 201, body: { pull_request: { number: 7 } } });
    expect(bench.gateway.asked).toMatchObject([{ propose: { text: "name: New", key: "k1" } }]);
  });

  test("are started: 202, with the place of the execution", async () => {
    const request = { inputs: { title: "x" }, subject: 4 };
    const started = await bench.post(`${base}/1000.work/execute/`, request, "maya", {
      "idempotency-key": "k",
    });
    expect(started).toMatchObject({
      status: 202,
      body: { result: "created", execution: { state: "running" } },
    });
    expect(started.headers.get("location")).toBe(`${base}/executions/${started.body.execution.id}/`);
    expect(bench.gateway.asked).toEqual([{ execute: { input: { title: "x" }, subject: 4, key: "k" } }]);
  });

  test("take no body where all inputs have defaults", async () => {
    expect(await bench.post(`${base}/1000.work/execute`)).toMatchObject({ status: 202 });
  });
});

describe("a refusal is a problem of RFC 9457", () => {
  const problem = { code: "HOS301", message: 'the input "title" is missing', hint: "Give it." };
  test.for([
    [
      "invalid inputs",
      { refused: "invalid", problems: [problem] },
      422,
      { code: "HOS301", problems: [problem] },
    ],
    ["a state that does not fit", { refused: "conflict", problem }, 409, { code: "HOS301" }],
    ["what one may not do", { refused: "forbidden", why: "it needs more" }, 403, { detail: "it needs more" }],
    ["what is not there", { refused: "not_found" }, 404, {}],
  ] as const)("%s", async ([, refusal, status, more]) => {
    bench.gateway.refusal = refusal;
    const answer = await bench.post(`${base}/1000.work/execute`, {});
    expect(answer).toMatchObject({ status, type: expect.stringContaining("application/problem+json") });
    expect(answer.body).toMatchObject({ type: "about:blank", status, ...more });
  });

  test.for([
    ["a body that is no JSON", "{", 400],
    ["a body of another form", '{"inputs":3}', 422],
    ["a key that nobody knows", '{"input":{}}', 422],
    ["a body that is too large", JSON.stringify({ inputs: { a: "x".repeat(300_000) } }), 413],
  ] as const)("%s", async ([, body, status]) => {
    const init = { method: "POST", body, headers: { "content-type": "application/json" } };
    const answer = await bench.get(`${base}/1000.work/execute`, "maya", init);
    expect(answer).toMatchObject({ status, type: expect.stringContaining("application/problem+json") });
    expect(bench.gateway.asked).toEqual([]);
  });

  test.for([
    ["GET", "/executions/?sate=failed", 422, 'unknown "sate" in the querystring. Did you mean "state"?'],
    ["GET", "/executions/?state=broken", 422, "In these states only, separated by commas."],
    ["GET", "/executions/?limit=many", 422, "At most so many"],
    ["GET", "/executions/?cursor=abc", 422, "This cursor is not one that a list returned."],
    ["GET", "/executions/?subject=1", 422, "name that, too"],
    ["GET", "/executions/nothing/", 404, "The execution's id."],
    ["GET", "/exections/", 404, "The workflow's id."],
    ["GET", `/executions/${id}/drawin`, 404, `Did you mean ${base}/executions/${id}/drawing/?`],
    ["GET", "/%zz/", 400, "%zz"],
    ["POST", `/executions/${id}/cancle/`, 404, `Did you mean ${base}/executions/${id}/cancel/?`],
    ["DELETE", `/executions/${id}/`, 405, "This path takes GET, HEAD, OPTIONS."],
    ["GET", `/executions/${id}/cancel`, 405, "This path takes OPTIONS, POST."],
    ["HEAD", `/executions/${id}/events/`, 405, ""],
    ["POST", `/executions/${id}/fail/`, 422, "It says step and reason."],
  ] as const)("%s %s: %i, %s", async ([method, path, status, detail]) => {
    const answer = await bench.get(`${base}${path}`, "maya", { method });
    expect(answer).toMatchObject({ status, type: expect.stringContaining("application/problem+json") });
    if (method !== "HEAD")
      expect(answer.body).toMatchObject({ status, detail: expect.stringContaining(detail) });
    if (status === 405) expect(answer.headers.get("allow")).toContain("OPTIONS");
  });

  test.for([
    ["no body, though its type is named", "application/json", "", 202],
    ["a form", "application/x-www-form-urlencoded", "a=1", 415],
    ["a skip of no step", "application/json", "{}", 422, "skip"],
    ["a failure without a reason", "application/json", '{"step":"a","reason":" "}', 422, "fail"],
  ] as const)("%s", async ([, type, body, status, command = "pause"]) => {
    await bench.stores.executions.create(anExecution({ id }));
    const init = { method: "POST", body, headers: { "content-type": type } };
    const answer = await bench.get(`${base}/executions/${id}/${command}/`, "maya", init);
    expect(answer.status).toBe(status);
    expect(bench.gateway.asked).toHaveLength(status === 202 ? 1 : 0);
  });

  test("what fails inside tells a stranger nothing of it", async () => {
    bench.gateway.broken = true;
    const answer = await bench.get(`${base}/`);
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain("away");
  });
});

describe("executions", () => {
  test("are listed by state, workflow and subject, page by page", async () => {
    for (const n of [1, 2, 3]) {
      const state = n === 2 ? ("failed" as const) : ("running" as const);
      await bench.stores.executions.create(anExecution({ id: id.slice(0, 31) + n, state, updatedAt: n }));
    }
    const ids = async (query: string) =>
      (await bench.get(`${base}/executions/?${query}`)).body.executions.map((one: { id: string }) =>
        one.id.at(-1),
      );
    expect(await ids("state=running,failed")).toEqual(["3", "2", "1"]);
    expect(await ids("state=failed")).toEqual(["2"]);
    expect(await ids("repository=octo-org/octo-repo&subject=1")).toEqual(["3", "2", "1"]);
    expect(await ids("repository=octo-org/other")).toEqual([]);
    const first = await bench.get(`${base}/executions/?limit=2`);
    expect(await ids(`limit=2&cursor=${first.body.next}`)).toEqual(["1"]);
  });

  test("of other repositories are passed over, not shown", async () => {
    const elsewhere = { id: 2000, owner: "octo-org", name: "secret" };
    await bench.stores.executions.create(anExecution({ id, repository: elsewhere, updatedAt: 9 }));
    await bench.stores.executions.create(anExecution({ id: `${id}0` }));
    const shown = await bench.get(`${base}/executions/?limit=1`);
    expect(shown.body.executions.map((one: { id: string }) => one.id)).toEqual([`${id}0`]);
    expect((await bench.get(`${base}/executions/${id}/`)).status).toBe(404);
    expect((await bench.get(`${base}/executions/${id}/`, operatorToken)).status).toBe(200);
  });

  test("are shown with steps, what they wait for, and who did what", async () => {
    const run = {
      round: 1,
      visit: 1,
      attempt: 1,
      enteredAt: 0,
      from: null,
      input: {},
      effects: [],
      state: "running",
      waiting: { for: "approval", asking: 1, headSha: null, message: "Shall it go?", approvals: [] },
      deadline: null,
      remind: null,
    } as const;
    const steps = { deploy: { visits: 1, attempts: 1, since: { round: 0, visit: 0 }, runs: [run] } };
    const timeline = [{ at: 0, by: "maya", what: "started", step: null }];
    await bench.stores.executions.create(anExecution({ id, steps, timeline }));
    expect((await bench.get(`${base}/executions/${id}/`)).body).toMatchObject({
      steps: [{ path: "deploy", state: "waiting", waits_for: "approval", question: "Shall it go?" }],
      progress: { ended: 0, entered: 1, waiting: ["deploy"] },
      timeline: [{ by: "maya", what: "started", at: "1970-01-01T00:00:00.000Z" }],
    });
    expect((await bench.get(`${base}/executions/${id}/drawing`)).body.mermaid).toContain("flowchart");
  });

  test("show what is large by a name, under which it is given to whoever sees the execution", async () => {
    const large = { text: "ü".repeat(70_000) };
    const text = JSON.stringify(large);
    const sha256 = createHash("sha256").update(text).digest("hex");
    const stand = { $large: { sha256, href: `${base}/executions/${id}/values/${sha256}/` } };
    const ended = {
      round: 1,
      visit: 1,
      attempt: 1,
      enteredAt: 0,
      endedAt: 1,
      from: null,
      input: {},
      effects: [],
    };
    const run = { ...ended, state: "completed", output: { $blob: sha256 } } as const;
    const steps = { ask: { visits: 1, attempts: 1, since: { round: 0, visit: 0 }, runs: [run] } };
    await bench.stores.blobs.put(sha256, text, id);
    await bench.stores.executions.create(anExecution({ id, steps, outputs: large }));
    const { body } = await bench.get(`${base}/executions/${id}/`);
    // Whether it is stored apart already or not.
    expect([body.steps[0].output, body.outputs]).toEqual([stand, stand]);
    expect((await bench.get(stand.$large.href)).body).toEqual(large);
    expect((await bench.get(stand.$large.href, "eve")).status).toBe(404);
    // What is stored, but is no value of this execution's.
    const other = "0".repeat(64);
    await bench.stores.blobs.put(other, "1", id);
    expect((await bench.get(`${base}/executions/${id}/values/${other}/`)).status).toBe(404);
    await bench.stores.executions.create(anExecution({ id: `${id}0` }));
    expect((await bench.get(stand.$large.href.replace(id, `${id}0`))).status).toBe(404);
  });

  test("are steered, each request once", async () => {
    await bench.stores.executions.create(anExecution({ id }));
    const body = { step: "deploy", reason: "Not today" };
    const answer = await bench.post(`${base}/executions/${id}/reject/`, body, "maya", {
      "idempotency-key": "k",
    });
    expect(answer).toMatchObject({ status: 202, body: { accepted: true } });
    await bench.post(`${base}/executions/${id}/pause/`);
    expect(bench.gateway.asked).toMatchObject([
      { steer: id, by: "maya", command: "reject", step: "deploy", reason: "Not today", key: "k" },
      { command: "pause", step: null, reason: null, values: null, latest: false, key: expect.any(String) },
    ]);
  });
});

test.for(["HEAD", "OPTIONS"])("%s is answered without a body, and nothing is to be kept", async (method) => {
  const answer = await bench.get(`${base}/executions`, "maya", { method });
  expect(answer).toMatchObject({ status: method === "HEAD" ? 200 : 204, body: "" });
  expect(answer.headers.get("cache-control")).toBe("no-store");
  if (method === "OPTIONS") expect(answer.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
});

test("who asks too often is told when to come again", async () => {
  const few = await openBench(2);
  try {
    await few.get(`${base}/`);
    await few.get(`${base}/`);
    const third = await few.get(`${base}/`);
    expect(third).toMatchObject({ status: 429, type: expect.stringContaining("application/problem+json") });
    expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await few.get(`${base}/`, operatorToken)).status).toBe(200);
  } finally {
    await few.close();
  }
});

test("the OpenAPI document has every route with its answers, and the answers are as it says", async () => {
  const { body: openapi } = await bench.get("/api/v1/openapi.json", null);
  expect(openapi.openapi).toBe("3.1.0");
  const routes = Object.entries(openapi.paths as Record<string, Record<string, { summary?: string }>>);
  for (const [path, methods] of routes)
    for (const [method, { summary }] of Object.entries(methods))
      expect({ path, method, summary }).toEqual({ path, method, summary: expect.any(String) });
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { "date-time": true } });
  await bench.stores.executions.create(nextRevision(anExecution({ id, revision: 0 }), {}));
  const answers = [
    ["/api/v1/me", "/api/v1/me/"],
    ["/api/v1/workflows", `${base}/`],
    ["/api/v1/workflows/{id}", `${base}/1000.work/`],
    ["/api/v1/workflows/executions", `${base}/executions/`],
    ["/api/v1/workflows/executions/{id}", `${base}/executions/${id}/`],
    ["/api/v1/workflows/executions/{id}/drawing", `${base}/executions/${id}/drawing/`],
  ] as const;
  for (const [path, url] of answers) {
    const { body, status } = await bench.get(url);
    expect({ url, status }).toEqual({ url, status: 200 });
    const schema = openapi.paths[path].get.responses["200"].content["application/json"].schema;
    const valid = ajv.validate(closed(schema), body);
    expect({ url, wrong: valid ? "" : ajv.errorsText() }).toEqual({ url, wrong: "" });
  }
});

/** The schema with nothing allowed that it does not name, so that what is shown is documented. */
function closed(schema: unknown): object {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema as never;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const open = "properties" in schema && !("additionalProperties" in schema);
  return Object.fromEntries(open ? [...entries, ["additionalProperties", false]] : entries);
}
