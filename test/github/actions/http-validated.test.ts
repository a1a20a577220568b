import { expect, test } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { loadWorkflow } from "../../../src/definition/index.ts";
import { readHttpInput } from "../../../src/github/actions/http/input.ts";

const url = "https://example.com/hook";
const rows: readonly (readonly [inputs: Readonly<Record<string, Json>>, right: boolean])[] = [
  [{ url }, true],
  [{}, false],
  [{ url: null }, false],
  [{ url: 5 }, false],
  [{ url: "example.com/hook" }, false],
  [{ url: "ftp://example.com" }, false],
  [{ url: "https://me:secret@example.com" }, false],
  [{ url, method: "POST", body: { a: [1, null] } }, true],
  [{ url, method: "patch", body: "text" }, true],
  [{ url, method: "FETCH" }, false],
  [{ url, method: 1 }, false],
  [{ url, body: "text" }, false],
  [{ url, body: null }, true],
  [{ url, method: "HEAD", body: "" }, false],
  [{ url, timeout: "30s" }, true],
  [{ url, timeout: 5_000 }, true],
  [{ url, timeout: null }, true],
  [{ url, timeout: "5m" }, true],
  [{ url, timeout: "6m" }, false],
  [{ url, timeout: 0 }, false],
  [{ url, timeout: "soon" }, false],
  [{ url, timeout: true }, false],
  [{ url, headers: { accept: "text/html", "x-count": 3, "x-dry": true, "x-none": null } }, true],
  [{ url, headers: "accept: text/html" }, false],
  [{ url, headers: { accept: ["text/html"] } }, false],
  ...["Host", "content-length", "Transfer-Encoding", "Proxy-Authorization", "connection", "expect", "te"].map(
    (name) => [{ url, headers: { [name]: "x" } }, false] as const,
  ),
];

test.for(rows)("http.request with %j is right for validation and run alike: %s", ([inputs, right]) => {
  const step = { id: "a", action: "http.request", inputs };
  const { problems } = loadWorkflow(JSON.stringify({ name: "W", steps: [step] }), "w.json");
  expect(problems.length === 0).toBe(right);
  expect("request" in readHttpInput(inputs, () => false)).toBe(right);
});
