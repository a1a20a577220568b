import { afterEach } from "vitest";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { type JobOptions, runStep, type Step } from "./job.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

export const repo = "acme/shop";
export const permissions = {
  issues: "write",
  pull_requests: "write",
  checks: "write",
  contents: "read",
} as const;

export interface RunOptions extends JobOptions {
  readonly permissions?: Readonly<Record<string, "read" | "write">>;
}

export interface JobGitHub {
  readonly sandbox: SandboxGitHub;
  /** The payload of the last event of this name, without what Actions leaves out. */
  readonly payload: (event: string) => object;
  readonly run: (inputs: Readonly<Record<string, string>>, options?: RunOptions) => Step;
  /** Bodies of the comments that the jobs have written. */
  readonly written: (number: number) => readonly string[];
}

/** A repository on a GitHub of its own, without any App installed. */
export async function openJobGitHub(files: Readonly<Record<string, string>>): Promise<JobGitHub> {
  const sandbox = await startSandboxGitHub();
  closing.push(() => sandbox.close());
  const { id } = sandbox.createRepository({
    owner: "acme",
    name: "shop",
    collaborators: { mona: "write", hubot: "write", tess: "triage" },
    files,
  });
  const payloads = new Map<string, object>();
  sandbox.on("announcement", ({ event, payload }) => {
    const { installation: _, ...rest } = payload;
    payloads.set(event, rest);
  });
  return {
    sandbox,
    payload(event) {
      const payload = payloads.get(event);
      if (payload === undefined) throw new Error(`no ${event} has happened`);
      return payload;
    },
    run(inputs, { permissions: declared = permissions, env, ...options } = {}) {
      return runStep({
        ...options,
        repository: { id, fullName: repo },
        inputs: { command: "run", token: sandbox.jobToken(repo, declared), ...inputs },
        env: { GITHUB_API_URL: `${sandbox.url}/api/v3`, HISHAMOS_ACTION_POLL_MS: "25", ...env },
      });
    },
    written: (number) =>
      sandbox
        .comments(repo, number)
        .filter(({ user }) => user?.login === "github-actions[bot]")
        .map(({ body }) => body ?? ""),
  };
}
