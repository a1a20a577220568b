import nock from "nock";
import { afterEach, expect, test } from "vitest";
import type { StepRequest } from "../../src/engine/ports/runner.ts";
import { createClients } from "../../src/github/clients.ts";
import { createModelTools } from "../../src/github/tools.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { anExecution } from "../support/execution.ts";

let sandbox: SandboxGitHub | null = null;
afterEach(async () => {
  await sandbox?.close();
  sandbox = null;
  nock.cleanAll();
});

const { signal } = new AbortController();

async function aShop() {
  sandbox = await startSandboxGitHub();
  const { id, owner, name, installationId } = sandbox.createRepository({
    owner: "acme",
    name: "shop",
    private: true,
    files: { "src/pay.js": "pay()\n" },
    collaborators: { tom: "write" },
  });
  const clients = createClients({
    appId: sandbox.app.id,
    privateKey: sandbox.app.privateKey,
    baseUrl: `${sandbox.url}/api/v3`,
  });
  const execution = anExecution({ repository: { id, owner, name }, installation: installationId });
  return { tools: createModelTools(clients), request: { execution } as StepRequest, tom: sandbox.as("tom") };
}

test("reads a file, and lists a folder", async () => {
  const { tools, request } = await aShop();
  expect(await tools.readFile(request, "src/pay.js", signal)).toBe("pay()\n");
  expect(await tools.readFile(request, "src", signal)).toBe("file src/pay.js");
  await expect(tools.readFile(request, "nowhere.js", signal)).rejects.toThrow(/GitHub refused \(404\)/);
});

test("finds issues of this repository alone", async () => {
  const { tools, request, tom } = await aShop();
  tom.openIssue({ title: "Pay fails", body: "with an empty cart" });
  expect(await tools.searchIssues(request, "fails repo:other/place", signal)).toBe(
    "#1 (open) Pay fails\nwith an empty cart",
  );
  expect(await tools.searchIssues(request, "unicorns", signal)).toBe("nothing found");
});

test("reads what a pull request changes", async () => {
  const { tools, request, tom } = await aShop();
  tom.push({ branch: "fix", message: "Fix", files: { "src/pay.js": "payAll()\n" } });
  const { number } = tom.openPullRequest({ head: "fix", title: "Fix", body: "" });
  expect(await tools.readDiff(request, number, signal)).toMatch(/^modified src\/pay\.js\n[^]*\+payAll\(\)/);
});

test("its token can read and nothing else", async () => {
  const { tools, request } = await aShop();
  await tools.readFile(request, "src/pay.js", signal);
  const asked = sandbox?.requests().find(({ path }) => path.endsWith("/access_tokens"));
  expect(asked?.requestBody).toMatchObject({
    repository_ids: [request.execution.repository.id],
    permissions: { contents: "read", issues: "read", pull_requests: "read" },
  });
});

test("finds code, with the lines that match", async () => {
  const { tools, request } = await aShop();
  // Code search is the one look-up that the stand-in has not; the token still comes from it.
  nock(sandbox?.url ?? "", { allowUnmocked: true })
    .get("/api/v3/search/code")
    .query(({ q }) => q === "pay repo:acme/shop")
    .reply(200, { total_count: 1, items: [{ path: "src/pay.js", text_matches: [{ fragment: "pay()" }] }] });
  expect(await tools.searchCode(request, "pay org:evil", signal)).toBe("src/pay.js\npay()");
});
