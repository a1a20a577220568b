import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";

const SECRET = "a secret of this test";

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let sandbox: SandboxGitHub;
let service: Server | undefined;
let heard: Heard[];

/** A service that answers each webhook with the status, or by cutting the connection. */
async function start(status: number | "cut", port = 0): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      if (status === "cut") request.socket.destroy();
      else response.writeHead(status).end();
    });
  });
  service = server;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(port, "127.0.0.1", resolve);
  await promise;
  const taken = (server.address() as AddressInfo).port;
  sandbox.setWebhookTarget(`http://127.0.0.1:${taken}/hooks`, SECRET);
  return taken;
}

async function stop(): Promise<void> {
  const server = service;
  service = undefined;
  if (server === undefined) return;
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

beforeEach(async () => {
  heard = [];
  sandbox = await startSandboxGitHub();
  sandbox.createRepository({
    owner: "acme",
    name: "shop",
    collaborators: { mona: "admin" },
    labels: ["bug"],
  });
});

afterEach(async () => {
  await stop();
  await sandbox.close();
});

const guids = () => heard.map((one) => one.headers["x-github-delivery"]);

test("a webhook carries GitHub's headers and is signed over its exact bytes", async () => {
  await start(200);
  sandbox.as("mona").openIssue({ title: "Ünï" });
  await sandbox.settled();
  const [{ headers, body } = { headers: {}, body: "" }] = heard;
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "x-github-event": "issues",
    "x-github-delivery": expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    "x-github-hook-installation-target-id": String(sandbox.app.id),
    "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
  });
  expect(JSON.parse(body)).toMatchObject({
    action: "opened",
    issue: { title: "Ünï" },
    repository: { full_name: "acme/shop" },
    organization: { login: "acme" },
    installation: { id: sandbox.install({ account: "acme" }) },
    sender: { login: "mona" },
  });
});

test("webhooks arrive one after the other, in the order of the changes, as the world was then", async () => {
  await start(200);
  const mona = sandbox.as("mona");
  for (let made = 1; made <= 20; made++) mona.openIssue({ title: `Issue ${made}` });
  mona.closeIssue(1);
  await sandbox.settled();
  const states = heard.map((one): unknown => JSON.parse(one.body).issue.state);
  expect(states).toEqual([...Array.from({ length: 20 }, () => "open"), "closed"]);
  expect(sandbox.deliveries().map((delivery) => delivery.guid)).toEqual(guids());
});

test.for([
  [500, { statusCode: 500, status: "Invalid HTTP Response: 500" }],
  ["cut", { statusCode: 502, status: "failed to connect to host" }],
] as const)("a service that answers %s has failed, and is not asked again", async ([status, expected]) => {
  await start(status);
  sandbox.as("mona").openIssue({ title: "One" });
  await sandbox.settled();
  expect(sandbox.deliveries()).toMatchObject([{ ...expected, event: "issues", redelivery: false }]);
  expect(heard).toHaveLength(1);
});

test("what a service missed while it was down is redelivered under its GUID, once, in order", async () => {
  const port = await start(200);
  const mona = sandbox.as("mona");
  mona.openIssue({ title: "One" });
  await sandbox.settled();
  await stop();
  mona.comment(1, "lost");
  mona.label(1, "bug");
  await sandbox.settled();
  expect(sandbox.deliveries().map((delivery) => delivery.statusCode)).toEqual([200, 502, 502]);
  const missed = sandbox
    .deliveries()
    .slice(1)
    .map((delivery) => delivery.guid);

  await start(200, port);
  expect(sandbox.redeliverFailed()).toBe(2);
  await sandbox.settled();
  expect(guids().slice(1)).toEqual(missed);
  expect(sandbox.deliveries().slice(3)).toMatchObject([
    { event: "issue_comment", redelivery: true, statusCode: 200 },
    { event: "issues", action: "labeled", redelivery: true, statusCode: 200 },
  ]);
  expect(sandbox.redeliverFailed()).toBe(0);
});

test("an App without a webhook URL gets no deliveries", async () => {
  sandbox.as("mona").openIssue({ title: "One" });
  await sandbox.settled();
  expect(sandbox.deliveries()).toEqual([]);
});
