import { createHash } from "node:crypto";
import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../core/execution.ts";
import type { Problem } from "../core/problem.ts";
import type { AgentDefinition, Workflow } from "../core/workflow.ts";
import {
  type DefinitionKind,
  definitionKind,
  definitionProblems,
  loadAgent,
  loadConfig,
  loadWorkflow,
  type RepositoryConfig,
} from "../definition/index.ts";
import { hasStatus } from "./failures.ts";
import { createLru } from "./lru.ts";
import { createNeededReader, type Reach, withReasons } from "./needed.ts";

/** A file of `.hishamos/`, read: what it defines, or what is wrong with it. */
export type DefinitionFile =
  /** With its files it is what executions are pinned to. */
  | {
      readonly path: string;
      readonly text: string;
      /** Texts of the agents and workflows that it needs, by path or reference. */
      readonly files: ReadonlyMap<string, string>;
      readonly workflow: Workflow;
    }
  | { readonly path: string; readonly agent: AgentDefinition }
  | { readonly path: string; readonly config: RepositoryConfig }
  | { readonly path: string; readonly problems: readonly Problem[] };

export interface Definitions {
  /** The commit that everything was read at. */
  readonly commit: string;
  /** Every workflow and agent file and the settings, in order of path. */
  readonly files: readonly DefinitionFile[];
  /** The settings; where their file is not valid, none. */
  readonly config: RepositoryConfig;
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
  /** Those of one commit, by its SHA; `reach`: what they may name of other repositories. */
  at(octokit: Octokit, repository: RepositoryRef, commit: string, reach?: Reach): Promise<Definitions>;
  /** The tests of workflows of one commit, which nothing that runs needs, in order of path. */
  tests(octokit: Octokit, repository: RepositoryRef, commit: string): Promise<readonly TestFile[]>;
}

/** A file of tests, or why it is not read. */
type TestFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly problems: readonly Problem[] };

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
  const needed = createNeededReader();

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

  /** `key`: what the result depends on besides the file's path and content. */
  function remember(entry: Entry, key: string, read: () => DefinitionFile): DefinitionFile {
    const full = `${entry.path} ${entry.sha} ${key}`;
    const known = parsed.get(full);
    if (known) return known;
    const file = read();
    parsed.set(full, file);
    return file;
  }

  async function at(
    octokit: Octokit,
    repository: RepositoryRef,
    commit: string,
    reach: Reach = "installation",
  ): Promise<Definitions> {
    const found = await entries(octokit, repository, commit);
    const fits = found.filter(({ bytes }) => bytes <= MAX_FILE_BYTES);
    const byPath = new Map(fits.map((entry) => [entry.path, entry]));
    const ofKind = (kind: DefinitionKind) => found.filter(({ path }) => definitionKind(path) === kind);
    const read = (entry: Entry) => text(octokit, repository, entry);
    const local = async (path: string) => {
      const entry = byPath.get(path);
      return entry === undefined ? null : read(entry);
    };
    const each = (kind: DefinitionKind, load: (entry: Entry, source: string) => Promise<DefinitionFile>) =>
      Promise.all(
        ofKind(kind).map(async (entry) =>
          entry.bytes > MAX_FILE_BYTES ? tooLarge(entry) : load(entry, await read(entry)),
        ),
      );

    const agentTexts = new Map<string, string>();
    const agents = await each("agent", async (entry, source) => {
      agentTexts.set(entry.path, source);
      return remember(entry, "", () => readAgent(entry.path, source));
    });
    const settings = await each("settings", async (entry, source) =>
      remember(entry, "", () => readSettings(entry.path, source)),
    );
    const shared = ofKind("agent").map(({ sha }) => sha);
    const workflows = await each("workflow", async (entry, source) => {
      const { files, reasons } = await needed.read(
        octokit,
        repository,
        { path: entry.path, text: source },
        local,
        reach,
      );
      const context = [...shared, ...files.keys(), ...files.values(), ...reasons.values()];
      return remember(entry, hashOf(context), () => {
        const all = files.size === 0 ? agentTexts : new Map([...agentTexts, ...files]);
        return readWorkflow(entry.path, source, all, reasons);
      });
    });
    const config = settings.find((file) => "config" in file)?.config ?? emptyConfig;
    const files = [...workflows, ...agents, ...settings].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    return { commit, files, config };
  }

  return {
    at,
    tests: async (octokit, repository, commit) => {
      const found = await entries(octokit, repository, commit);
      const tests = found.filter(({ path }) => definitionKind(path) === "test");
      return Promise.all(
        tests.map(async (entry) =>
          entry.bytes > MAX_FILE_BYTES
            ? tooLarge(entry)
            : { path: entry.path, text: await text(octokit, repository, entry) },
        ),
      );
    },
    newest: async (octokit, repository, branch) => {
      const key = String(repository.id);
      const name = branch ?? branches.get(key) ?? (await defaultBranch(octokit, repository));
      branches.set(key, name);
      const commit = await tip(octokit, repository, name);
      return commit === null ? null : at(octokit, repository, commit);
    },
  };
}

function readAgent(path: string, source: string): DefinitionFile {
  const loaded = loadAgent(source, path);
  return { path, ...("agent" in loaded ? { agent: loaded.agent } : { problems: loaded.problems }) };
}

function readSettings(path: string, source: string): DefinitionFile {
  const loaded = loadConfig(source, path);
  return { path, ...("config" in loaded ? { config: loaded.config } : { problems: loaded.problems }) };
}

function readWorkflow(
  path: string,
  text: string,
  around: ReadonlyMap<string, string>,
  reasons: ReadonlyMap<string, string>,
): DefinitionFile {
  const loaded = loadWorkflow(text, path, { files: around });
  if (!("workflow" in loaded)) return { path, problems: withReasons(loaded.problems, reasons) };
  return { path, text, files: loaded.files, workflow: loaded.workflow };
}

/** Lengths first, so that no two lists are the same text. */
function hashOf(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const one of texts) hash.update(`${one.length} ${one}`);
  return hash.digest("hex");
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
    .filter(({ path }) => /\.(?:ya?ml|json)$/.test(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .slice(0, MAX_FILES);
}

function tooLarge({ path, bytes }: Entry): Extract<DefinitionFile, { readonly problems: unknown }> {
  const message = `the file has ${bytes} bytes; a definition may have ${MAX_FILE_BYTES}`;
  return {
    path,
    problems: [{ code: definitionProblems.tooLarge.code, message, path, position: { line: 1, column: 1 } }],
  };
}

function place(repository: RepositoryRef): { readonly owner: string; readonly repo: string } {
  return { owner: repository.owner, repo: repository.name };
}
