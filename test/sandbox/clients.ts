import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import type { SandboxGitHub } from "../../src/sandbox/github/index.ts";

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

function client(sandbox: SandboxGitHub, auth: object): Octokit {
  return new Octokit({ baseUrl: `${sandbox.url}/api/v3`, log: silent, ...auth });
}

/** A person's own client, with a personal access token. */
export function asPerson(sandbox: SandboxGitHub, login: string): Octokit {
  return client(sandbox, { auth: sandbox.tokenFor(login) });
}

/** A job of GitHub Actions, with its GITHUB_TOKEN. */
export function asJob(sandbox: SandboxGitHub, permissions: Record<string, "read" | "write">): Octokit {
  return client(sandbox, { auth: sandbox.jobToken("acme/shop", permissions) });
}

/** Whoever has no account. */
export function asNobody(sandbox: SandboxGitHub): Octokit {
  return client(sandbox, {});
}

/** The App itself, by JWT. */
export function asApp(sandbox: SandboxGitHub): Octokit {
  const auth = { appId: sandbox.app.id, privateKey: sandbox.app.privateKey };
  return client(sandbox, { authStrategy: createAppAuth, auth });
}

export interface Narrowing {
  readonly permissions?: Record<string, "read" | "write">;
  readonly repository_ids?: number[];
}

/** The App on an installation, with a token narrowed as asked. */
export async function asInstallation(
  sandbox: SandboxGitHub,
  installationId: number,
  narrowing: Narrowing = {},
): Promise<Octokit> {
  const { data } = await asApp(sandbox).rest.apps.createInstallationAccessToken({
    installation_id: installationId,
    ...narrowing,
  });
  return client(sandbox, { auth: data.token });
}
