import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../core/execution.ts";
import type { JsonObject } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import type { AgentDefinition, Workflow } from "../core/workflow.ts";
import { definitionProblems, isWorkflowPath, loadAgent, loadWorkflow } from "../definition/index.ts";
import { hasStatus } from "./failures.ts";
import { createLru } from "./lru.ts";
import { pinAgents } from "./pin.ts";

/** A file of `.hishamos/`, read: what it defines, or what is wrong with it. */
export type DefinitionFile =
  /** `text` needs no other file: what executions are pinned to. */
  | {
      readonly path: string;
      readonly text: string;
      readonly files: ReadonlyMap<string, string>;
      readonly workflow: Workflow;
    }
  | { readonly path: string; readonly agent: AgentDefinition }
  | { readonly path: string; readonly problems: readonly Problem[] };

export interface Definitions {
  /** The commit that everything was read at. */
  readonly commit: string;
  /** Every workflow and agent file, in order of path. */
  readonly files: readonly DefinitionFile[];
  readonly config: RepositoryConfig;
}

/** Settings of a repository, from `.hishamos/config.yml`. */
export interface RepositoryConfig {
  /** What expressions read as `vars`. */
  readonly vars: JsonObject;
  /** Who may use which command, as in an approval's `from`, by the command's name. */
  readonly commands: ReadonlyMap<string, readonly string[]>;
}

const emptyConfig: RepositoryConfig = { vars: {}, commands: new Map() };

export type WorkflowFile = Extract<DefinitionFile, { readonly workflow: Workflow }>;

export function workflowsIn(definitions: Definitions): readonly WorkflowFile[] {
  return definitions.files.filter((file) => "workflow" in file);
}

export interface DefinitionReader {
  /** The default branch's, at its newest commit; null for a repository without commits. */
  newest(
    octokit: Octokit,
    repository: RepositoryRef,
    defaultBranch: string | null,
  ): Promise<Definitions | null>;
  /** Those of one commit, by its SHA. */
  at(octokit: Octokit, repository: RepositoryRef, commit: string): Promise<Definitions>;
}

const FOLDER = ".hishamos";
/** A definition is text written by hand. */
const MAX_FILE_BYTES = 512 * 1_024;
const MAX_FILES = 500;

interface Entry {
  readonly path: string;
  readonly sha: string;
  readonly bytes: number;
}

/**
 * Reads definitions as git trees and blobs. What has a SHA never changes, so it is kept by it; only the branch's tip is
 * asked for each time, with its ETag (a 304 costs nothing of the rate limit).
 */
export function createDefinitionReader(): DefinitionReader {
  const tips = createLru<{ readonly etag: string; readonly commit: string }>(1_000);
  const branches = createLru<string>(1_000);
  const folders = createLru<readonly Entry[]>(1_000);
  const texts = createLru<string>(500);
  const parsed = createLru<DefinitionFile>(500);

  async function tip(octokit: Octokit, repository: RepositoryRef, branch: string): Promise<string | null> {
    const key = `${repository.id} ${branch}`;
    const known = tips.get(key);
    try {
      const { data, headers } = await octokit.rest.git.getRef({
        ...place(repository),
        ref: `heads/${branch}`,
        ...(known ? { headers: { "if-none-match": known.etag } } : {}),
      });
      if (headers.etag !== undefined) tips.set(key, { etag: headers.etag, commit: data.object.sha });
      return data.object.sha;
    } catch (error) {
      if (known && hasStatus(error, 304)) return known.commit;
      // 409: the repository is empty.
      if (hasStatus(error, 404, 409)) return null;
      throw error;
    }
  }

  async function entries(
    octokit: Octokit,
    repository: RepositoryRef,
    commit: string,
  ): Promise<readonly Entry[]> {
    const known = folders.get(commit);
    if (known) return known;
    const root = await octokit.rest.git.getTree({ ...place(repository), tree_sha: commit });
    const folder = root.data.tree.find(({ path, type }) => path === FOLDER && type === "tree");
    const found = folder?.sha === undefined ? [] : await readFolder(octokit, repository, folder.sha);
    folders.set(commit, found);
    return found;
  }

  async function text(octokit: Octokit, repository: RepositoryRef, entry: Entry): Promise<string> {
    const known = texts.get(entry.sha);
    if (known !== undefined) return known;
    const { data } = await octokit.rest.git.getBlob({ ...place(repository), file_sha: entry.sha });
    const read =
      data.encoding === "base64" ? Buffer.from(data.content, "base64").toString("utf8") : data.content;
    texts.set(entry.sha, read);
    return read;
  }

  /** `context`: what else the result depends on. */
  async function load(
    octokit: Octokit,
    repository: RepositoryRef,
    entry: Entry,
    context: string,
    parse: (text: string) => DefinitionFile,
  ): Promise<DefinitionFile> {
    if (entry.bytes > MAX_FILE_BYTES) return tooLarge(entry);
    const key = `${entry.path} ${entry.sha} ${context}`;
    const known = parsed.get(key);
    if (known) return known;
    const file = parse(await text(octokit, repository, entry));
    parsed.set(key, file);
    return file;
  }

  async function at(octokit: Octokit, repository: RepositoryRef, commit: string): Promise<Definitions> {
    const found = await entries(octokit, repository, commit);
    const agentEntries = found.filter(({ path }) => isAgentPath(path));
    const agentFiles = await Promise.all(
      agentEntries.map((entry) =>
        load(octokit, repository, entry, "", (source) => {
          const loaded = loadAgent(source, entry.path);
          return {
            path: entry.path,
            ...("agent" in loaded ? { agent: loaded.agent } : { problems: loaded.problems }),
          };
        }),
      ),
    );
    const agents = new Map(
      agentFiles.flatMap((file) => ("agent" in file ? [[file.agent.name, file.agent] as const] : [])),
    );
    const context = agentEntries.map(({ sha }) => sha).join(" ");
    const workflowFiles = await Promise.all(
      found
        .filter(({ path }) => !isAgentPath(path))
        .map((entry) =>
          load(octokit, repository, entry, context, (source) => {
            const loaded = loadWorkflow(source, entry.path, { agents });
            if (!("workflow" in loaded)) return { path: entry.path, problems: loaded.problems };
            return { path: entry.path, files: new Map(), ...pinAgents(source, loaded.workflow, agents) };
          }),
        ),
    );
    const files = [...workflowFiles, ...agentFiles].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    return { commit, files, config: emptyConfig };
  }

  return {
    at,
    newest: async (octokit, repository, branch) => {
      const key = String(repository.id);
      const name = branch ?? branches.get(key) ?? (await defaultBranch(octokit, repository));
      branches.set(key, name);
      const commit = await tip(octokit, repository, name);
      return commit === null ? null : at(octokit, repository, commit);
    },
  };
}

async function defaultBranch(octokit: Octokit, repository: RepositoryRef): Promise<string> {
  const { data } = await octokit.rest.repos.get(place(repository));
  return data.default_branch;
}

async function readFolder(
  octokit: Octokit,
  repository: RepositoryRef,
  sha: string,
): Promise<readonly Entry[]> {
  const { data } = await octokit.rest.git.getTree({ ...place(repository), tree_sha: sha, recursive: "1" });
  return data.tree
    .flatMap(({ path, type, sha: blob, size }) =>
      type === "blob" ? [{ path: `${FOLDER}/${path}`, sha: blob, bytes: size ?? 0 }] : [],
    )
    .filter(({ path }) => isWorkflowPath(path) || isAgentPath(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .slice(0, MAX_FILES);
}

function isAgentPath(path: string): boolean {
  return /^\.hishamos\/agents\/[^/]+\.(ya?ml|json)$/.test(path);
}

function tooLarge({ path, bytes }: Entry): DefinitionFile {
  const message = `the file has ${bytes} bytes; a definition may have ${MAX_FILE_BYTES}`;
  return {
    path,
    problems: [{ code: definitionProblems.tooLarge.code, message, path, position: { line: 1, column: 1 } }],
  };
}

function place(repository: RepositoryRef): { readonly owner: string; readonly repo: string } {
  return { owner: repository.owner, repo: repository.name };
}
