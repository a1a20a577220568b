import type { Octokit } from "@octokit/rest";
import type { Json } from "../../core/json.ts";
import { hasStatus } from "../../github/failures.ts";
import type { Job } from "../job.ts";

/** One read of a page: what it says, and whether that is news. */
export interface Page {
  readonly data: Json;
  readonly fresh: boolean;
}

export interface Pages {
  /** `path` below the repository. Null where the token may not see it, or there is nothing. Rejects as Octokit does. */
  read(path: string): Promise<Page | null>;
  /** The items of all pages of a list. */
  readAll(path: string): Promise<readonly Json[]>;
}

const pageSize = 100;

/** Reads with the entity tag of what was read last: what has not changed costs nothing of the rate limit. */
export function createPages(octokit: Octokit, { repository }: Job): Pages {
  const kept = new Map<string, { readonly etag: string; readonly data: Json }>();
  const root = `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}`;

  async function read(path: string): Promise<Page | null> {
    const known = kept.get(path);
    try {
      const headers = known ? { "if-none-match": known.etag } : {};
      const answer = await octokit.request(`GET ${root}${path}`, { headers });
      const data = answer.data as Json;
      const { etag } = answer.headers;
      if (etag !== undefined) kept.set(path, { etag, data });
      return { data, fresh: true };
    } catch (error) {
      if (known && hasStatus(error, 304)) return { data: known.data, fresh: false };
      if (hasStatus(error, 403, 404, 410)) return null;
      throw error;
    }
  }

  return {
    read,
    async readAll(path) {
      const all: Json[] = [];
      for (let page = 1; ; page++) {
        const one = await read(`${path}${path.includes("?") ? "&" : "?"}per_page=${pageSize}&page=${page}`);
        const items = Array.isArray(one?.data) ? (one.data as readonly Json[]) : [];
        all.push(...items);
        if (items.length < pageSize) return all;
      }
    },
  };
}
