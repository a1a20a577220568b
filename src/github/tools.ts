import type { Octokit } from "@octokit/rest";
import type { StepRequest } from "../engine/ports/runner.ts";
import type { Clients } from "./clients.ts";

const mostHits = 20;
const mostFiles = 300;

/**
 * What an agent may look up: in the execution's own repository alone, by a token that can read and nothing else.
 * Each rejects with words that the model is shown.
 */
export function createModelTools(clients: Clients) {
  function at({ execution }: StepRequest) {
    const { repository, installation } = execution;
    if (installation === null) throw new Error("there is no GitHub here to look things up");
    const octokit = clients.installation(installation, {
      repositoryIds: [repository.id],
      permissions: { contents: "read", issues: "read", pull_requests: "read" },
    });
    return { octokit, place: { owner: repository.owner, repo: repository.name } };
  }

  return {
    async readFile(request: StepRequest, path: string, signal: AbortSignal): Promise<string> {
      const { octokit, place } = at(request);
      const answer = await told(octokit.rest.repos.getContent({ ...place, path, request: { signal } }));
      const file = answer.data;
      if (Array.isArray(file)) return file.map(({ path: name, type }) => `${type} ${name}`).join("\n");
      if (file.type !== "file" || !("content" in file)) throw new Error(`${path} is no file`);
      return Buffer.from(file.content, "base64").toString("utf8");
    },

    async searchCode(request: StepRequest, query: string, signal: AbortSignal): Promise<string> {
      const { octokit, place } = at(request);
      const q = within(place, query);
      const { data } = await told(
        octokit.rest.search.code({
          q,
          per_page: mostHits,
          mediaType: { format: "text-match" },
          request: { signal },
        }),
      );
      const hits = data.items.map(({ path, text_matches: matches = [] }) =>
        [path, ...matches.map(({ fragment = "" }) => fragment)].join("\n"),
      );
      return hits.join("\n\n") || "nothing found";
    },

    async searchIssues(request: StepRequest, query: string, signal: AbortSignal): Promise<string> {
      const { octokit, place } = at(request);
      const q = within(place, query);
      const { data } = await told(
        octokit.rest.search.issuesAndPullRequests({ q, per_page: mostHits, request: { signal } }),
      );
      const hits = data.items.map(({ number, title, state, body }) =>
        `#${number} (${state}) ${title}\n${(body ?? "").slice(0, 500)}`.trim(),
      );
      return hits.join("\n\n") || "nothing found";
    },

    async readDiff(request: StepRequest, pullNumber: number, signal: AbortSignal): Promise<string> {
      const { octokit, place } = at(request);
      const files = await told(changedFiles(octokit, { ...place, pull_number: pullNumber }, signal));
      const parts = files.map(
        ({ filename, status, patch }) => `${status} ${filename}\n${patch ?? "(no text to show)"}`,
      );
      return parts.join("\n\n") || "it changes nothing";
    },
  };
}

async function changedFiles(
  octokit: Octokit,
  pull: { readonly owner: string; readonly repo: string; readonly pull_number: number },
  signal: AbortSignal,
) {
  const files = await octokit.paginate(octokit.rest.pulls.listFiles, {
    ...pull,
    per_page: 100,
    request: { signal },
  });
  return files.slice(0, mostFiles);
}

/** The query in this repository, whatever other place it names. */
function within({ owner, repo }: { readonly owner: string; readonly repo: string }, query: string): string {
  const words = query.replace(/\b(?:repo|org|user|owner):\S+/gi, " ").trim();
  return `${words.slice(0, 200)} repo:${owner}/${repo}`;
}

/** GitHub's refusal in words that help a model go on. */
async function told<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const status = error instanceof Error && "status" in error ? ` (${String(error.status)})` : "";
    throw new Error(`GitHub refused${status}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
