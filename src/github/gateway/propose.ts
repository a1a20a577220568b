import { createHash } from "node:crypto";
import type { Octokit } from "@octokit/rest";
import { isWorkflowPath, loadWorkflow } from "../../definition/index.ts";
import type { Refused } from "../../engine/ports/index.ts";
import { hasStatus } from "../failures.ts";
import { code } from "../neutralise.ts";
import type { Room } from "../room.ts";
import type { Installed } from "../sweep/repositories.ts";
import { gatewayProblem } from "./problems.ts";

export interface Proposal {
  readonly path: string;
  readonly text: string;
  readonly key: string;
  /** Login of who proposes it. */
  readonly by: string;
}

/**
 * Opens a pull request that adds the workflow, or changes it, so that what runs is what was reviewed. The branch is named by
 * the key: asked again, what is there already is found and not made a second time. Rejects with Octokit's RequestError.
 */
export async function propose(
  room: Room,
  place: Installed,
  { path, text, key, by }: Proposal,
): Promise<{ readonly pullRequest: { readonly number: number; readonly url: string } } | Refused> {
  if (!isWorkflowPath(path)) {
    return { refused: "invalid", problems: [gatewayProblem("HOS342", `${path} is no workflow's path`)] };
  }
  const octokit = room.clients.installation(place.installation);
  const definitions = await room.definitions.newest(octokit, place, place.defaultBranch);
  const agents = definitions?.files.flatMap((file) => ("agent" in file ? file.agent : [])) ?? [];
  const loaded = loadWorkflow(text, path, {
    agents: new Map(agents.map((agent) => [agent.name, agent])),
    offline: true,
  });
  if ("problems" in loaded && !("workflow" in loaded))
    return { refused: "invalid", problems: loaded.problems };

  const branch = `hishamos/propose-${createHash("sha256").update(key).digest("hex").slice(0, 12)}`;
  const repo = { owner: place.owner, repo: place.name };
  const tip = await octokit.rest.git.getRef({ ...repo, ref: `heads/${place.defaultBranch}` });
  await once(() =>
    octokit.rest.git.createRef({ ...repo, ref: `refs/heads/${branch}`, sha: tip.data.object.sha }),
  );
  await putFile(octokit, repo, { path, branch, text });
  const name = path.replace(/^.*\//, "");
  const open = async () => {
    const head = `${place.owner}:${branch}`;
    const { data } = await octokit.rest.pulls.list({ ...repo, head, state: "all", per_page: 1 });
    return data[0] ?? null;
  };
  const request = {
    ...repo,
    head: branch,
    base: place.defaultBranch,
    title: `Workflow ${name}`,
    body: `${code(by)} proposes ${code(path)}. The check of this pull request says what it would do.`,
  };
  const known = await open();
  const made = known ?? (await once(() => octokit.rest.pulls.create(request)))?.data ?? (await open());
  if (made === null) throw new Error("the pull request is neither made nor there");
  return { pullRequest: { number: made.number, url: made.html_url } };
}

async function putFile(
  octokit: Octokit,
  repo: { readonly owner: string; readonly repo: string },
  { path, branch, text }: { readonly path: string; readonly branch: string; readonly text: string },
): Promise<void> {
  const there = await present(octokit, { ...repo, path, ref: branch });
  if (there?.text === text) return;
  await octokit.rest.repos.createOrUpdateFileContents({
    ...repo,
    path,
    branch,
    message: `${there === null ? "Add" : "Change"} ${path}`,
    content: Buffer.from(text).toString("base64"),
    ...(there ? { sha: there.sha } : {}),
  });
}

async function present(
  octokit: Octokit,
  place: { readonly owner: string; readonly repo: string; readonly path: string; readonly ref: string },
): Promise<{ readonly sha: string; readonly text: string } | null> {
  try {
    const { data } = await octokit.rest.repos.getContent(place);
    if (Array.isArray(data) || !("content" in data)) return null;
    return { sha: data.sha, text: Buffer.from(data.content, "base64").toString("utf8") };
  } catch (error) {
    if (hasStatus(error, 404)) return null;
    throw error;
  }
}

/** Null where GitHub says that it is there already. */
async function once<T>(make: () => Promise<T>): Promise<T | null> {
  try {
    return await make();
  } catch (error) {
    if (hasStatus(error, 422)) return null;
    throw error;
  }
}
