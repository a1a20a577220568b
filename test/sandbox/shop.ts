import type { Octokit } from "@octokit/rest";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { asInstallation, type Narrowing } from "./clients.ts";

/** The repository that the tests work on. */
export const at = { owner: "acme", repo: "shop" };

/** A sandbox with one repository, people of each kind, and a clock that stands still. */
export interface Shop {
  readonly sandbox: SandboxGitHub;
  readonly installationId: number;
  readonly repositoryId: number;
  /** Announced so far, as `issues.opened`. */
  readonly events: string[];
  readonly clock: { now: number };
  readonly bot: (narrowing?: Narrowing) => Promise<Octokit>;
}

export async function openShop(): Promise<Shop> {
  const clock = { now: Date.UTC(2026, 10, 22, 12) };
  const sandbox = await startSandboxGitHub({ now: () => clock.now, rateLimit: 60 });
  const { id: repositoryId } = sandbox.createRepository({
    owner: "acme",
    name: "shop",
    collaborators: { mona: "admin", hubot: "write", tess: "triage" },
    files: { "a.txt": "one\n", "b.txt": "two\n" },
    labels: ["bug"],
  });
  const installationId = sandbox.install({ account: "acme" });
  const events: string[] = [];
  sandbox.on("announcement", ({ event, action }) =>
    events.push(action === null ? event : `${event}.${action}`),
  );
  const bot = (narrowing: Narrowing = {}) => asInstallation(sandbox, installationId, narrowing);
  return { sandbox, installationId, repositoryId, events, clock, bot };
}

/** The status of an answer or of a refusal. */
export async function statusOf(request: Promise<{ status: number }>): Promise<number> {
  try {
    return (await request).status;
  } catch (error) {
    if (error instanceof Error && "status" in error) return Number(error.status);
    throw error;
  }
}
