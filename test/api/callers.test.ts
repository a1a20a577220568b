import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { anExecution } from "../support/execution.ts";
import { type Bench, openBench, operatorToken, people } from "./support.ts";

const id = "cd".repeat(16);
const sha256 = "5a".repeat(32);
const base = "/api/v1/workflows";
const proposal = { repository: "octo-org/octo-repo", path: ".hishamos/new.yml", definition: "name: New" };

/** Every route, and what is sent to it. */
const routes: readonly (readonly [method: "GET" | "POST", path: string, body?: object])[] = [
  ["GET", "/me"],
  ["GET", "/workflows"],
  ["POST", "/workflows", proposal],
  ["GET", "/workflows/1000.work"],
  ["POST", "/workflows/1000.work/execute"],
  ["GET", "/workflows/executions"],
  ["GET", `/workflows/executions/${id}`],
  ["GET", `/workflows/executions/${id}/drawing`],
  ["GET", `/workflows/executions/${id}/values/${sha256}`],
  ["GET", `/workflows/executions/${id}/events`],
  ["GET", `/workflows/executions/${id}/stream`],
  ...["pause", "resume", "cancel", "retry", "allow", "approve", "reject", "done"].map(
    (command) => ["POST", `/workflows/executions/${id}/${command}`] as const,
  ),
  ["POST", `/workflows/executions/${id}/skip`, { step: "fix" }],
  ["POST", `/workflows/executions/${id}/fail`, { step: "fix", reason: "No device" }],
];
const done = { "/workflows": 201, execute: 202 } as const;

/** What each sort of caller gets: of lists all get one, with what they may see in it. */
const callers = [
  ["nobody", null, () => 401],
  ["a token that is nobody's", "stolen", () => 401],
  ["who sees nothing of the repository", "eve", (get: boolean, list: boolean) => (get && list ? 200 : 404)],
  ["a job of another repository", "elsewhere", (get: boolean, list: boolean) => (get && list ? 200 : 404)],
  ["a reader", "rea", (get: boolean) => (get ? 200 : 403)],
  ["a writer", "maya", (get: boolean, _: boolean, path: string) => (get ? 200 : doneOf(path))],
  ["a job of the repository", "job", (get: boolean, _: boolean, path: string) => (get ? 200 : doneOf(path))],
  ["the operator", operatorToken, (get: boolean, _: boolean, path: string) => (get ? 200 : doneOf(path))],
] as const;

function doneOf(path: string): number {
  return path === "/workflows" ? done["/workflows"] : done.execute;
}

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.stores.blobs.put(sha256, "[]", id);
  await bench.stores.executions.create(anExecution({ id, outputs: { $blob: sha256 } }));
});
afterAll(() => bench.close());
beforeEach(() => void bench.gateway.asked.splice(0));

test("the matrix has every route of the OpenAPI document", async () => {
  const { body } = await bench.get("/api/v1/openapi.json", null);
  const paths = body.paths as Record<string, object>;
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace("/api/v1", "")}`),
  );
  const ours = routes.map(
    ([method, path]) =>
      `${method} ${path.replace(id, "{id}").replace("1000.work", "{id}").replace(sha256, "{sha256}")}`,
  );
  expect(ours.toSorted()).toEqual(documented.toSorted());
});

test.for(callers.flatMap(([who, token, status]) => routes.map((route) => ({ who, token, status, route }))))(
  "$who: $route.0 $route.1",
  async ({ token, status, route: [method, path, body] }) => {
    const over = new AbortController();
    const headers = new Headers(body ? { "content-type": "application/json" } : {});
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    const answer = await fetch(`${bench.url}/api/v1${path}/`, {
      method,
      headers,
      signal: over.signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    const list = path === "/workflows" || path.endsWith("/executions");
    const expected = status(method === "GET", list || path === "/me", path);
    // Who may watch, but comes without a WebSocket.
    expect(answer.status).toBe(expected === 200 && path.endsWith("/stream") ? 426 : expected);
    if (path === "/me" && answer.status === 200) {
      const { caller } = people[token ?? ""] ?? {
        caller: { kind: "operator", login: "api", repository: null },
      };
      expect(await answer.json()).toEqual(caller);
    }
    if (answer.status === 401) expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    if (list && answer.status === 200) {
      const shown = Object.values((await answer.json()) as Record<string, unknown[] | null>).flat();
      const blind = token === "eve" || token === "elsewhere";
      expect(shown.filter((one) => one !== null).length > 0).toBe(!blind);
    }
    const changed = bench.gateway.asked.length > 0;
    expect(changed).toBe(method === "POST" && answer.status < 300);
    over.abort();
  },
);

test("a token that was known is asked about again after a minute, one that was not at once", async () => {
  await bench.get(`${base}/`, "maya");
  bench.gateway.broken = true;
  expect((await bench.get(`${base}/`, "maya")).status).toBe(200);
  expect((await bench.get(`${base}/`, "rea2")).status).toBe(500);
  bench.clock.advance(61_000);
  expect((await bench.get(`${base}/`, "maya")).status).toBe(500);
  bench.gateway.broken = false;
  expect((await bench.get(`${base}/`, "maya")).status).toBe(200);
});
