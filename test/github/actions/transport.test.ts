import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClients } from "../../../src/github/clients.ts";
import { pem } from "./support.ts";

let answer: (response: ServerResponse) => void;
let tokens: { status: number; expires_at: string }[];
let asked: string[];
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url} ${request.headers.authorization?.split(" ")[1]?.slice(0, 6)}`);
  if (!request.url?.endsWith("/access_tokens")) return answer(response);
  const { status, expires_at } = tokens.shift() ?? { status: 201, expires_at: "2999-01-01T00:00:00Z" };
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ token: `token${asked.length}`, expires_at }));
});

beforeEach(async () => {
  tokens = [];
  asked = [];
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function anOctokit(timeoutMs = 20_000) {
  const { port } = server.address() as AddressInfo;
  const clients = createClients({
    appId: 7,
    privateKey: pem,
    baseUrl: `http://127.0.0.1:${port}/api/v3`,
    timeoutMs,
  });
  return clients.installation(1);
}

const get = (octokit: ReturnType<typeof anOctokit>) =>
  octokit.rest.issues.get({ owner: "o", repo: "r", issue_number: 1 });

test("an answer that breaks off is no success with empty data", async () => {
  answer = (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"number": 1');
    setImmediate(() => response.destroy());
  };
  await expect(get(anOctokit())).rejects.toMatchObject({ status: 500 });
});

test("a request that is never answered ends, as a lost answer", async () => {
  answer = () => {};
  await expect(get(anOctokit(50))).rejects.toMatchObject({ status: 500 });
});

test("a token that is about to expire is replaced before it is used", async () => {
  answer = (response) => response.writeHead(200, { "content-type": "application/json" }).end("{}");
  tokens = [{ status: 201, expires_at: new Date(Date.now() + 60_000).toISOString() }];
  const octokit = anOctokit();
  await get(octokit);
  await get(octokit);
  await get(octokit);
  expect(asked.filter((line) => line.includes("access_tokens"))).toHaveLength(2);
});

test("a token refused as too young is tried again, the request being made once", async () => {
  let refusals = 1;
  answer = (response) => {
    refusals -= 1;
    response.writeHead(refusals < 0 ? 200 : 401, { "content-type": "application/json" }).end("{}");
  };
  expect((await get(anOctokit())).status).toBe(200);
});
