import type { Files } from "../git/store.ts";
import { flag, isObject, oneOf, optionalList, optionalText, requiredText } from "../input.ts";
import type { Repository } from "../model.ts";
import { addCommit, moveRef } from "../operations/commits.ts";
import { listed } from "../pagination.ts";
import { invalid, Refusal } from "../refusal.ts";
import { parameter, type RepositoryCall, type Route, read, type WriteCall, write } from "../router.ts";
import { nodeId, repositoryApi } from "../serialize/basics.ts";
import { gitCommitJson } from "../serialize/git.ts";
import { found, type World } from "../world.ts";

const CONTENTS = ["contents"];

function refJson(world: World, repository: Repository, ref: string, sha: string) {
  return {
    ref,
    node_id: nodeId("Ref", ref),
    url: repositoryApi(world, repository, `/git/${ref}`),
    object: { type: "commit", sha, url: repositoryApi(world, repository, `/git/commits/${sha}`) },
  };
}

function getRef(call: RepositoryCall) {
  const ref = `refs/${parameter(call, "ref")}`;
  return {
    status: 200,
    body: refJson(call.world, call.repository, ref, found(call.repository.git.refs.get(ref))),
  };
}

function createRef(call: WriteCall) {
  const { world, repository, by, input } = call;
  const ref = requiredText(input, "ref", "Reference");
  const sha = requiredText(input, "sha", "Reference");
  if (!/^refs\/(?:heads|tags)\/./.test(ref))
    throw new Refusal(422, "Reference name must start with 'refs/' and have at least two slashes.");
  if (!repository.git.commits.has(sha)) throw new Refusal(422, "Object does not exist");
  if (repository.git.refs.has(ref)) throw new Refusal(422, "Reference already exists");
  moveRef(world, repository, by, ref, sha);
  return { status: 201, body: refJson(world, repository, ref, sha) };
}

function updateRef(call: WriteCall) {
  const { world, repository, by, input } = call;
  const ref = `refs/${parameter(call, "ref")}`;
  const sha = requiredText(input, "sha", "Reference");
  if (!repository.git.refs.has(ref)) throw new Refusal(422, "Reference does not exist");
  if (!repository.git.commits.has(sha)) throw new Refusal(422, "Object does not exist");
  moveRef(world, repository, by, ref, sha, flag(input, "force"));
  return { status: 200, body: refJson(world, repository, ref, sha) };
}

function deleteRef(call: WriteCall) {
  const ref = `refs/${parameter(call, "ref")}`;
  if (!call.repository.git.refs.has(ref)) throw new Refusal(422, "Reference does not exist");
  moveRef(call.world, call.repository, call.by, ref, null);
  return { status: 204 };
}

/** Entries of a tree; with `recursive` those of its subtrees too, by their whole path. */
function treeEntries(
  call: RepositoryCall,
  sha: string,
  recursive: boolean,
  prefix: string,
): Record<string, unknown>[] {
  const { world, repository } = call;
  return (repository.git.trees.get(sha) ?? []).flatMap((one) => {
    const path = prefix + one.name;
    const url = repositoryApi(world, repository, `/git/${one.type}s/${one.sha}`);
    const size = one.type === "blob" ? { size: repository.git.blobs.get(one.sha)?.length ?? 0 } : {};
    const shown = { path, mode: one.mode, type: one.type, sha: one.sha, ...size, url };
    return [shown, ...(recursive && one.type === "tree" ? treeEntries(call, one.sha, true, `${path}/`) : [])];
  });
}

function getTree(call: RepositoryCall) {
  const { git } = call.repository;
  const asked = parameter(call, "tree_sha");
  const sha = git.trees.has(asked) ? asked : found(git.resolve(asked)).tree;
  const url = repositoryApi(call.world, call.repository, `/git/trees/${sha}`);
  // Any value turns it on, "0" and "false" too.
  const tree = treeEntries(call, sha, call.query.has("recursive"), "");
  return { status: 200, body: { sha, url, tree, truncated: false } };
}

function createTree(call: WriteCall) {
  const { git } = call.repository;
  const base = optionalText(call.input, "base_tree");
  const files = new Map(
    base === undefined ? [] : found(git.filesOfTree(git.commits.get(base)?.tree ?? base)),
  );
  for (const item of optionalList(call.input, "tree") ?? []) {
    if (!isObject(item)) throw invalid("Tree", "tree", "invalid");
    const path = requiredText(item, "path", "Tree");
    const content = optionalText(item, "content");
    const sha = content === undefined ? optionalText(item, "sha") : git.addBlob(Buffer.from(content));
    if (sha === undefined) files.delete(path);
    else if (git.blobs.has(sha)) files.set(path, sha);
    else throw new Refusal(422, `tree.sha ${sha} is not a valid blob`);
  }
  const sha = git.addTree(files);
  const url = repositoryApi(call.world, call.repository, `/git/trees/${sha}`);
  return { status: 201, body: { sha, url, tree: treeEntries(call, sha, false, ""), truncated: false } };
}

function createBlob(call: WriteCall) {
  const encoding = oneOf(call.input, "encoding", ["utf-8", "base64"], "Blob") ?? "utf-8";
  const content = optionalText(call.input, "content") ?? "";
  const sha = call.repository.git.addBlob(Buffer.from(content, encoding === "base64" ? "base64" : "utf8"));
  return { status: 201, body: { sha, url: repositoryApi(call.world, call.repository, `/git/blobs/${sha}`) } };
}

function createCommit(call: WriteCall) {
  const { world, repository, by, input } = call;
  const tree = repository.git.filesOfTree(requiredText(input, "tree", "Commit"));
  if (tree === undefined) throw new Refusal(422, "Tree SHA does not exist");
  const files: Files = tree;
  const parents = (optionalList(input, "parents") ?? []).map(String);
  if (parents.some((sha) => !repository.git.commits.has(sha)))
    throw new Refusal(422, "Parent SHA does not exist or is not a commit object");
  const commit = addCommit(world, repository, by, requiredText(input, "message", "Commit"), files, parents);
  return { status: 201, body: gitCommitJson(world, repository, commit) };
}

export const gitRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/git/ref/{ref}", CONTENTS, getRef),
  read("GET /repos/{owner}/{repo}/git/matching-refs/{ref}", CONTENTS, (call) => {
    const prefix = `refs/${parameter(call, "ref")}`;
    const refs = [...call.repository.git.refs].filter(([ref]) => ref.startsWith(prefix));
    return listed(call, refs, ([ref, sha]) => refJson(call.world, call.repository, ref, sha));
  }),
  write("POST /repos/{owner}/{repo}/git/refs", CONTENTS, "write", createRef),
  write("PATCH /repos/{owner}/{repo}/git/refs/{ref}", CONTENTS, "write", updateRef),
  write("DELETE /repos/{owner}/{repo}/git/refs/{ref}", CONTENTS, "write", deleteRef),
  read("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", CONTENTS, getTree),
  write("POST /repos/{owner}/{repo}/git/trees", CONTENTS, "write", createTree),
  read("GET /repos/{owner}/{repo}/git/blobs/{file_sha}", CONTENTS, (call) => {
    const sha = parameter(call, "file_sha");
    const content = found(call.repository.git.blobs.get(sha));
    const url = repositoryApi(call.world, call.repository, `/git/blobs/${sha}`);
    const body = {
      sha,
      node_id: nodeId("Blob", sha),
      size: content.length,
      url,
      content: content.toString("base64"),
      encoding: "base64",
    };
    return { status: 200, body };
  }),
  write("POST /repos/{owner}/{repo}/git/blobs", CONTENTS, "write", createBlob),
  read("GET /repos/{owner}/{repo}/git/commits/{commit_sha}", CONTENTS, (call) => ({
    status: 200,
    body: gitCommitJson(
      call.world,
      call.repository,
      found(call.repository.git.commits.get(parameter(call, "commit_sha"))),
    ),
  })),
  write("POST /repos/{owner}/{repo}/git/commits", CONTENTS, "write", createCommit),
];
