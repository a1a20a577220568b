import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { composeService } from "../../../src/compose.ts";
import type { Execution } from "../../../src/core/execution.ts";
import { systemClock } from "../../../src/engine/clock/system.ts";
import { silentLog } from "../../../src/engine/ports/index.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../../src/sandbox/github/index.ts";
import { sandboxConfig } from "../../../src/sandbox/sandbox-config.ts";
import { openSqliteStores } from "../../../src/state/sqlite/open.ts";

const repo = "octo-org/octo-repo";
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const workflow = `
name: Ship
on: { pull_request: { types: [opened] } }
permissions: { actions: write, issues: write }
steps:
  - id: green
    wait_for: { checks: all }
  - id: build
    action: actions.run
    retry: { max_attempts: 2, backoff: { initial: 1ms } }
    inputs: { workflow: build.yml, inputs: { number: "{{subject.number}}" } }
  - id: say
    action: issues.createComment
    inputs: { body: "Built {{steps.build.output.results.image}} of {{steps.green.output.head_sha}}" }
`;
const failing = `
name: Ship
on: { pull_request: { types: [opened] } }
permissions: { actions: write, issues: write }
steps:
  - id: green
    wait_for: { checks: all }
    on_failure: build
  - id: build
    action: actions.run
    inputs: { workflow: build.yml, inputs: { number: "{{steps.green.output.checks[0].name}}" } }
    on_failure: say
  - id: say
    action: issues.createComment
    inputs: { body: "{{steps.build.output.conclusion}} at {{steps.build.output.url}}" }
`;
const build = "on: { workflow_dispatch: { inputs: { number: {} } } }\njobs: { build: {} }\n";

/** The whole service, in this process, on a stand-in whose pull request 1 started the workflow. */
async function openService(text = workflow) {
  const github = await startSandboxGitHub();
  closing.push(() => github.close());
  github.createRepository({
    owner: "octo-org",
    name: "octo-repo",
    collaborators: { dev: "write" },
    files: { ".hishamos/ship.yml": text, ".github/workflows/build.yml": build },
  });
  const stores = await openSqliteStores({ directory: ":memory:" });
  closing.push(() => stores.close());
  const config = { ...sandboxConfig(github, "secret"), webhookPath: "/" };
  const service = await composeService({ config, stores, clock: systemClock, log: silentLog });
  const server = createServer((req, res) => void service.handle(req, res));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closing.push(async () => server.close());
  await service.start();
  closing.push(() => service.stop());
  github.setWebhookTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, "secret");
  const dev = github.as("dev");
  dev.push({ repo, branch: "fix", message: "Fix", files: { "a.txt": "a" } });
  dev.openPullRequest({ repo, title: "Fix", head: "fix" });
  const execution = async () => {
    await service.idle();
    return (await stores.executions.list({})).executions[0];
  };
  return { github, execution };
}

type When = () => Promise<Execution | undefined>;
const waitingFor = (github: SandboxGitHub, execution: When, step: string, what: string) =>
  github.until(
    async () => {
      const run = (await execution())?.steps[step]?.runs.at(-1);
      return run?.state === "running" && run.waiting?.for === what;
    },
    { what: `${step} to wait for ${what}` },
  );

test("checks and runs wake the steps that wait for them, and a retry dispatches anew", async () => {
  const { github, execution } = await openService();
  await waitingFor(github, execution, "green", "checks");
  github.reportCheck(repo, { at: 1, name: "lint", conclusion: "success" });
  const first = await github.until(() => github.workflowRuns(repo)[0], { what: "a run" });
  await waitingFor(github, execution, "build", "run");
  github.startRun(first.id);
  github.finishRun(first.id, { conclusion: "failure" });
  const second = await github.until(() => github.workflowRuns(repo)[1], { what: "another run" });
  await waitingFor(github, execution, "build", "run");
  github.finishRun(second.id, { conclusion: "success", output: { image: "octo:1" } });
  await github.until(async () => (await execution())?.state === "completed", { what: "the end" });
  const head = github.pullRequests(repo)[0]?.head.sha;
  const said = github.comments(repo, 1).map(({ body }) => body.split("\n")[0]);
  expect(said).toContain(`Built octo:1 of ${head}`);
  expect(github.workflowRuns(repo).map((run) => run.inputs)).toEqual([{ number: "1" }, { number: "1" }]);
});

test("what is known of a failed run and of failed checks can be read on the failure paths", async () => {
  const { github, execution } = await openService(failing);
  await waitingFor(github, execution, "green", "checks");
  github.reportCheck(repo, { at: 1, name: "lint", conclusion: "failure" });
  const run = await github.until(() => github.workflowRuns(repo)[0], { what: "a run" });
  await waitingFor(github, execution, "build", "run");
  github.finishRun(run.id, { conclusion: "failure" });
  await github.until(async () => (await execution())?.state === "failed", { what: "the end" });
  expect(run.inputs).toEqual({ number: "lint" });
  const said = github.comments(repo, 1).map(({ body }) => body.split("\n")[0]);
  expect(said).toContain(`failure at ${run.html_url}`);
});

test("a run that ends before its dispatch is answered is not missed", async () => {
  const { github, execution } = await openService();
  github.on("announcement", ({ event, action, payload }) => {
    if (event !== "workflow_run" || action !== "requested") return;
    const { id } = payload["workflow_run"] as { id: number };
    queueMicrotask(() => github.finishRun(id, { conclusion: "success", output: { image: "octo:2" } }));
  });
  github.reportCheck(repo, { at: 1, name: "lint", conclusion: "success" });
  await github.until(async () => (await execution())?.state === "completed", { what: "the end" });
  const said = github.comments(repo, 1).map(({ body }) => body.split(" of ")[0]);
  expect(said).toContain("Built octo:2");
});
