import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../../core/execution.ts";
import type { Clients } from "../clients.ts";
import { hasStatus } from "../failures.ts";
import { createLru } from "../lru.ts";

/** A repository that this App is installed on. */
export interface Installed extends RepositoryRef {
  readonly installation: number;
  readonly defaultBranch: string;
}

export interface RepositoryReader {
  /** Those of every installation that is not suspended, without archived ones. Rejects as Octokit does. */
  installations(signal: AbortSignal): Promise<readonly number[]>;
  repositories(installation: number, signal: AbortSignal): Promise<readonly Installed[]>;
}

interface Page {
  readonly etag: string;
  readonly repositories: readonly Installed[];
  readonly last: boolean;
}

const pageSize = 100;

/** Asks GitHub for the pages that it knows with their ETags: a 304 costs nothing of the rate limit. */
export function createRepositoryReader(clients: Clients): RepositoryReader {
  const pages = createLru<Page>(2_000);

  async function read(octokit: Octokit, installation: number, page: number, signal: AbortSignal) {
    const key = `${installation} ${page}`;
    const known = pages.get(key);
    try {
      const { data, headers } = await octokit.rest.apps.listReposAccessibleToInstallation({
        per_page: pageSize,
        page,
        request: { signal },
        ...(known ? { headers: { "if-none-match": known.etag } } : {}),
      });
      const repositories = data.repositories
        .filter(({ archived, disabled }) => !archived && !disabled)
        .map(({ id, owner, name, default_branch }) => ({
          id,
          owner: owner.login,
          name,
          installation,
          defaultBranch: default_branch,
        }));
      const last = data.repositories.length < pageSize;
      if (headers.etag !== undefined) pages.set(key, { etag: headers.etag, repositories, last });
      return { repositories, last };
    } catch (error) {
      if (known && hasStatus(error, 304)) return known;
      throw error;
    }
  }

  return {
    installations: async (signal) => {
      const found: number[] = [];
      for (let page = 1; ; page++) {
        const { data } = await clients.app().rest.apps.listInstallations({
          per_page: pageSize,
          page,
          request: { signal },
        });
        found.push(...data.filter(({ suspended_at }) => !suspended_at).map(({ id }) => id));
        if (data.length < pageSize) return found;
      }
    },
    repositories: async (installation, signal) => {
      const octokit = clients.installation(installation);
      const found: Installed[] = [];
      for (let page = 1; ; page++) {
        const { repositories, last } = await read(octokit, installation, page, signal);
        found.push(...repositories);
        if (last) return found;
      }
    },
  };
}
