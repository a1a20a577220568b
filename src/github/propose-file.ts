import type { Octokit } from "@octokit/rest";
import { hasStatus } from "./failures.ts";

export interface FileProposal {
  /** Names the proposal: what is there already under it is found, and not made a second time. */
  readonly branch: string;
  readonly path: string;
  readonly text: string;
  readonly title: string;
  readonly body: string;
}

/** A pull request as far as who opened it has to know it. */
export interface Opened {
  readonly number: number;
  readonly html_url: string;
}

/**
 * Opens a pull request that adds one file, or changes it; asked again, also after a crash at any point, it answers the
 * same one, closed or not. Rejects with Octokit's RequestError.
 */
export async function proposeFile(
  octokit: Octokit,
  place: { readonly owner: string; readonly name: string; readonly defaultBranch: string },
  { branch, path, text, title, body }: FileProposal,
): Promise<Opened> {
  const repo = { owner: place.owner, repo: place.name };
  const tip = await octokit.rest.git.getRef({ ...repo, ref: `heads/${place.defaultBranch}` });
  await once(() =>
    octokit.rest.git.createRef({ ...repo, ref: `refs/heads/${branch}`, sha: tip.data.object.sha }),
  );
  await putFile(octokit, repo, { path, branch, text });
  const request = { ...repo, head: branch, base: place.defaultBranch, title, body };
  const known = await pullRequestOf(octokit, place, branch);
  const made =
    known ??
    (await once(() => octokit.rest.pulls.create(request)))?.data ??
    (await pullRequestOf(octokit, place, branch));
  if (made === null) throw new Error("the pull request is neither made nor there");
  return made;
}

/** The newest pull request of the branch, open or not, whether or not the branch is still there. */
export async function pullRequestOf(
  octokit: Octokit,
  { owner, name }: { readonly owner: string; readonly name: string },
  branch: string,
): Promise<Opened | null> {
  const head = `${owner}:${branch}`;
  const { data } = await octokit.rest.pulls.list({ owner, repo: name, head, state: "all", per_page: 1 });
  return data[0] ?? null;
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
