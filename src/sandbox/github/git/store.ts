import { createHash } from "node:crypto";

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface TreeEntry {
  readonly name: string;
  readonly mode: "100644" | "100755" | "040000";
  readonly type: "blob" | "tree";
  readonly sha: string;
}

/** Path to blob SHA: a whole tree, flat. */
export type Files = ReadonlyMap<string, string>;

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
  readonly files: Files;
}

/** What a ref that does not exist points at, in webhook payloads. */
export const NO_COMMIT = "0".repeat(40);

/** Objects are hashed as git hashes them, so that a SHA is the same wherever the content is. */
function objectSha(type: string, content: Buffer): string {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
}

function signatureLine(role: string, who: Signature): string {
  return `${role} ${who.name} <${who.email}> ${Math.floor(who.at / 1000)} +0000\n`;
}

/** The objects and refs of one repository, in memory. */
export class GitStore {
  readonly blobs: Map<string, Buffer>;
  readonly trees: Map<string, readonly TreeEntry[]>;
  readonly commits: Map<string, Commit>;
  /** Full name (`refs/heads/main`) to commit SHA. */
  readonly refs: Map<string, string>;

  /** A fork has its own refs and, as at GitHub, the objects in common with its origin. */
  constructor(origin?: GitStore) {
    this.blobs = origin?.blobs ?? new Map();
    this.trees = origin?.trees ?? new Map();
    this.commits = origin?.commits ?? new Map();
    this.refs = new Map(origin?.refs);
  }

  addBlob(content: Buffer): string {
    const sha = objectSha("blob", content);
    this.blobs.set(sha, content);
    return sha;
  }

  /** Stores the tree and its subtrees; answers the root's SHA. */
  addTree(files: Files): string {
    const folders = new Map<string, Map<string, string>>();
    const entries: TreeEntry[] = [];
    for (const [path, sha] of files) {
      const slash = path.indexOf("/");
      if (slash < 0) {
        entries.push({ name: path, mode: "100644", type: "blob", sha });
        continue;
      }
      const folder = path.slice(0, slash);
      const inside = folders.get(folder) ?? new Map<string, string>();
      inside.set(path.slice(slash + 1), sha);
      folders.set(folder, inside);
    }
    for (const [name, inside] of folders) {
      entries.push({ name, mode: "040000", type: "tree", sha: this.addTree(inside) });
    }
    // git sorts a folder as though its name ended in a slash.
    const sortName = (entry: TreeEntry) => (entry.type === "tree" ? `${entry.name}/` : entry.name);
    entries.sort((a, b) => (sortName(a) < sortName(b) ? -1 : 1));
    const content = Buffer.concat(
      entries.map((entry) =>
        Buffer.concat([
          Buffer.from(`${entry.mode.replace(/^0/, "")} ${entry.name}\0`),
          Buffer.from(entry.sha, "hex"),
        ]),
      ),
    );
    const sha = objectSha("tree", content);
    this.trees.set(sha, entries);
    return sha;
  }

  addCommit(commit: Omit<Commit, "sha" | "tree">): Commit {
    const tree = this.addTree(commit.files);
    const text =
      `tree ${tree}\n` +
      commit.parents.map((parent) => `parent ${parent}\n`).join("") +
      signatureLine("author", commit.author) +
      signatureLine("committer", commit.committer) +
      `\n${commit.message}`;
    const stored: Commit = { ...commit, tree, sha: objectSha("commit", Buffer.from(text)) };
    this.commits.set(stored.sha, stored);
    return stored;
  }

  /** The files below a tree SHA, or undefined if there is no such tree. */
  filesOfTree(sha: string, prefix = ""): Map<string, string> | undefined {
    const entries = this.trees.get(sha);
    if (entries === undefined) return undefined;
    const files = new Map<string, string>();
    for (const entry of entries) {
      if (entry.type === "blob") files.set(prefix + entry.name, entry.sha);
      else
        for (const [path, blob] of this.filesOfTree(entry.sha, `${prefix}${entry.name}/`) ?? [])
          files.set(path, blob);
    }
    return files;
  }

  branch(name: string): string | undefined {
    return this.refs.get(`refs/heads/${name}`);
  }

  /** A branch, tag, full ref, or (abbreviated) commit SHA, to its commit. */
  resolve(name: string): Commit | undefined {
    const sha =
      this.refs.get(name) ??
      this.refs.get(`refs/${name}`) ??
      this.refs.get(`refs/heads/${name}`) ??
      this.refs.get(`refs/tags/${name}`) ??
      name;
    const exact = this.commits.get(sha);
    if (exact !== undefined || !/^[0-9a-f]{7,39}$/.test(sha)) return exact;
    return [...this.commits.values()].find((commit) => commit.sha.startsWith(sha));
  }

  /** The commit and everything before it, itself first. */
  history(sha: string): Map<string, Commit> {
    const seen = new Map<string, Commit>();
    const queue = [sha];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const commit = this.commits.get(next);
      if (commit === undefined || seen.has(next)) continue;
      seen.set(next, commit);
      queue.push(...commit.parents);
    }
    return seen;
  }

  mergeBase(a: string, b: string): Commit | undefined {
    const ours = this.history(a);
    for (const [sha, commit] of this.history(b)) if (ours.has(sha)) return commit;
    return undefined;
  }

  /** Commits in `head` that `base` lacks, oldest first. */
  between(base: string, head: string): Commit[] {
    const known = this.history(base);
    return [...this.history(head).values()].filter((commit) => !known.has(commit.sha)).toReversed();
  }
}
