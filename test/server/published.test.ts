import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servePublished } from "../../src/published.ts";

const server = createServer((req, res) => {
  if (!servePublished(req, res)) res.writeHead(404).end();
});
let origin = "";
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

test.for(["workflow", "agent", "config", "tests"])("/schema/%s.json is the file that ships", async (name) => {
  const response = await fetch(`${origin}/schema/${name}.json`);
  expect(response.headers.get("content-type")).toBe("application/schema+json");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(await response.text()).toBe(readFileSync(`schema/${name}.json`, "utf8"));
});

test.for([
  ["GET", "/schema/none.json"],
  ["GET", "/schema/../package.json"],
  ["GET", "/schema/workflow.json/.."],
  ["POST", "/schema/workflow.json"],
] as const)("%s %s is not served", async ([method, path]) => {
  expect((await fetch(origin + path, { method })).status).toBe(404);
});
