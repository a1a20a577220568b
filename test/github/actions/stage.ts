import type { Json } from "../../../src/core/json.ts";
import type { StepKind } from "../../../src/core/workflow.ts";
import type { StepResult } from "../../../src/engine/ports/runner.ts";
import { createActionRunner } from "../../../src/github/actions/index.ts";
import { createClients } from "../../../src/github/clients.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../../src/sandbox/github/index.ts";
import { aRequest, hastyClock, type RequestSketch } from "./support.ts";

export const repo = "octo-org/octo-repo";

/** A stand-in with one repository, issue 1, pull request 2 from `fix` to `main`, and a runner on it. */
export interface Stage {
  readonly github: SandboxGitHub;
  readonly repositoryId: number;
  /** Head of pull request 2. */
  head(): string;
  run(action: string | StepKind, input?: Json, sketch?: RequestSketch): Promise<StepResult>;
}

export async function openStage(
  files: Readonly<Record<string, string>> = {},
  options: Parameters<typeof startSandboxGitHub>[0] = {},
): Promise<Stage> {
  const github = await startSandboxGitHub(options);
  const repository = github.createRepository({
    owner: "octo-org",
    name: "octo-repo",
    private: true,
    files: { "a.txt": "one\n", ...files },
    collaborators: { dev: "write", reporter: "read" },
  });
  github.as("reporter").openIssue({ repo, title: "It does not start" });
  const dev = github.as("dev");
  dev.push({ repo, branch: "fix", from: "main", message: "Fix it", files: { "a.txt": "two\n" } });
  dev.openPullRequest({ repo, title: "Fix it", head: "fix" });
  const clients = createClients({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    baseUrl: `${github.url}/api/v3`,
  });
  const runner = createActionRunner({ clients, clock: hastyClock() });
  const head = () => github.pullRequests(repo).find(({ number }) => number === 2)?.head.sha ?? "";
  return {
    github,
    repositoryId: repository.id,
    head,
    run: (action, input = {}, sketch = {}) =>
      runner.run(
        aRequest(action, input, {
          permissions: { actions: "write", issues: "write", pull_requests: "write", contents: "write" },
          ...sketch,
          run: { enteredAt: Date.now(), ...sketch.run },
          execution: {
            repository: { id: repository.id, owner: "octo-org", name: "octo-repo" },
            installation: repository.installationId,
            startedAt: Date.now(),
            linked: [{ number: 2, url: "", branch: "fix", head_sha: head(), state: "open" }],
            ...sketch.execution,
          },
        }),
      ),
  };
}
