import type { Commit } from "../git/store.ts";
import { optionalText, requiredText } from "../input.ts";
import type { Repository } from "../model.ts";
import { push } from "../operations/commits.ts";
import { invalid, notFound, Refusal } from "../refusal.ts";
import { parameter, type RepositoryCall, type Route, read, type WriteCall, write } from "../router.ts";
import { repositoryApi, repositoryPage } from "../serialize/basics.ts";
import { gitCommitJson } from "../serialize/git.ts";
import { found, fullName, type World } from "../world.ts";

const CONTENTS = ["contents"];

/** Git's own limit for what this endpoint shows inline: 1 MB; larger files answer without their content. */
const INLINE_BYTES = 1_048_576;

function entry(
  world: World,
  repository: Repository,
  ref: string,
  path: string,
  type: "file" | "dir",
  sha: string,
) {
  const encoded = encodeURI(path);
  const self = repositoryApi(world, repository, `/contents/${encoded}?ref=${ref}`);
  const git = repositoryApi(world, repository, `/git/${type === "file" ? "blobs" : "trees"}/${sha}`);
  const html = repositoryPage(world, repository, `/${type === "file" ? "blob" : "tree"}/${ref}/${encoded}`);
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    sha,
    size: type === "file" ? (repository.git.blobs.get(sha)?.length ?? 0) : 0,
    type,
    url: self,
    git_url: git,
    html_url: html,
    download_url: type === "file" ? `${world.url}/raw/${fullName(repository)}/${ref}/${encoded}` : null,
    _links: { self, git, html },
  };
}

function refOf(call: RepositoryCall): { ref: string; commit: Commit } {
  const ref = call.query.get("ref") ?? call.repository.defaultBranch;
  const commit = call.repository.git.resolve(ref);
  if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
  return { ref, commit };
}

function normalized(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "")
    .join("/");
}

function folder(call: RepositoryCall, ref: string, commit: Commit, path: string) {
  let entries = found(call.repository.git.trees.get(commit.tree));
  for (const name of path.split("/").filter((part) => part !== "")) {
    const next = entries.find((one) => one.name === name && one.type === "tree");
    entries = found(next === undefined ? undefined : call.repository.git.trees.get(next.sha));
  }
  const prefix = path === "" ? "" : `${path}/`;
  return entries.map((one) =>
    entry(call.world, call.repository, ref, prefix + one.name, one.type === "blob" ? "file" : "dir", one.sha),
  );
}

function getContent(call: RepositoryCall, path: string) {
  const { ref, commit } = refOf(call);
  const sha = commit.files.get(path);
  if (sha === undefined) return { status: 200, body: folder(call, ref, commit, path) };
  const content = found(call.repository.git.blobs.get(sha));
  if (call.accept.includes("raw")) {
    return {
      status: 200,
      body: content.toString("utf8"),
      headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" },
    };
  }
  const inline = content.length <= INLINE_BYTES;
  const shown = { encoding: inline ? "base64" : "none", content: inline ? content.toString("base64") : "" };
  return { status: 200, body: { ...entry(call.world, call.repository, ref, path, "file", sha), ...shown } };
}

/** Checks `sha` against the file as it is: 409 where it has changed, 422 where it is missing. */
function checkFormer(call: WriteCall, branch: string, path: string): string | undefined {
  const former = call.repository.git.resolve(`refs/heads/${branch}`)?.files.get(path);
  const claimed = optionalText(call.input, "sha");
  if (former === claimed) return former;
  if (claimed === undefined) throw new Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  throw new Refusal(409, `${path} does not match ${claimed}`);
}

function branchOf(call: WriteCall): string {
  const branch =
    optionalText(call.input, "branch") ?? call.query.get("branch") ?? call.repository.defaultBranch;
  const isFirst = call.repository.git.refs.size === 0 && branch === call.repository.defaultBranch;
  if (!isFirst && call.repository.git.branch(branch) === undefined)
    throw new Refusal(404, `Branch ${branch} not found`);
  return branch;
}

function putContent(call: WriteCall) {
  const { world, repository, by, input } = call;
  const path = normalized(parameter(call, "path"));
  const message = requiredText(input, "message", "Commit");
  const content = optionalText(input, "content");
  if (content === undefined) throw invalid("Commit", "content", "missing_field");
  const branch = branchOf(call);
  const former = checkFormer(call, branch, path);
  const commit = push(world, repository, by, {
    branch,
    message,
    files: { [path]: Buffer.from(content, "base64") },
  });
  const sha = found(commit.files.get(path));
  return {
    status: former === undefined ? 201 : 200,
    body: {
      content: entry(world, repository, branch, path, "file", sha),
      commit: gitCommitJson(world, repository, commit),
    },
  };
}

function deleteContent(call: WriteCall) {
  const { world, repository, by, query } = call;
  const path = normalized(parameter(call, "path"));
  const input = { ...Object.fromEntries(query), ...call.input };
  const message = requiredText(input, "message", "Commit");
  const branch = branchOf(call);
  if (checkFormer({ ...call, input }, branch, path) === undefined) throw notFound();
  const commit = push(world, repository, by, { branch, message, files: { [path]: null } });
  return { status: 200, body: { content: null, commit: gitCommitJson(world, repository, commit) } };
}

export const contentRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/contents/{path}", CONTENTS, (call) =>
    getContent(call, normalized(parameter(call, "path"))),
  ),
  write("PUT /repos/{owner}/{repo}/contents/{path}", CONTENTS, "write", putContent),
  write("DELETE /repos/{owner}/{repo}/contents/{path}", CONTENTS, "write", deleteContent),
];
