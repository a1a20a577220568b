import { stepMaps } from "./outline.ts";
import { Problems } from "./problems.ts";
import { Source } from "./source.ts";
import { child, mapOf, textOf } from "./tree.ts";
import { readYaml } from "./yaml.ts";

const local = /^\.\/(?:[\w. -]+\/)*[\w. -]+\.(?:ya?ml|json)$/;
const remote = /^[A-Za-z0-9-]+\/[\w.-]+\/(?:[\w. -]+\/)*[\w. -]+\.(?:ya?ml|json)@[0-9a-f]{40}$/;
const library = /^library\/[a-z0-9-]+@\d+\.\d+\.\d+$/;

/**
 * The key of `LoadOptions.files` that a reference in the file at `from` means: a repository path for `./qa.yml`, the
 * reference itself for `OWNER/REPO/PATH@SHA` and `library/NAME@VERSION`. Null for anything else.
 */
export function resolveReference(reference: string, from: string): string | null {
  if (reference.length > 300) return null;
  if (remote.test(reference) || library.test(reference)) return reference.includes("/../") ? null : reference;
  if (!local.test(reference) || reference.split("/").includes("..")) return null;
  const file = reference.slice(2);
  const [, version] = /(@[^@/]+)$/.exec(from) ?? [];
  // What stands beside a pinned file is pinned with it.
  if (library.test(from)) return `library/${file.replace(/\.(?:ya?ml|json)$/, "")}${version}`;
  const folder = from.slice(0, from.lastIndexOf("/") + 1);
  return remote.test(from) ? `${folder}${file}${version}` : `${folder}${file}`;
}

/** What to write instead of a text that is no reference, where its form tells what was meant. */
export function referenceHint(text: string): string | undefined {
  if (/^[\w. -]+\.(?:ya?ml|json)$/.test(text)) return `Write "./${text}".`;
  if (/^\.\/[\w. -]+$/.test(text)) return `Write "${text}.yml".`;
  if (text.includes("..")) return "A workflow stands beside this one, or below: ./FILE.yml.";
  const file = /^\.hishamos\/([\w. -]+\.(?:ya?ml|json))$/.exec(text)?.[1];
  if (file !== undefined) return `The path is from this file's folder: write "./${file}".`;
  if (text.startsWith("library/")) return "Name the version, too: library/bug-lifecycle@1.2.0.";
  if (/^[\w-]+\/[\w.-]+\/.+@/.test(text)) {
    return /\.(?:ya?ml|json)@/.test(text)
      ? "Write the commit's 40 digits after @: a branch or tag can move."
      : "Name the file, too: OWNER/REPO/.hishamos/FILE.yml@SHA.";
  }
  return undefined;
}

/**
 * The files that the text refers to, as keys of `LoadOptions.files`: the workflows of its steps and of `uses`. Agents
 * are not among them, nor what those files need in turn. Never throws; a text that can't be read needs none.
 */
export function neededFiles(text: string, path: string): readonly string[] {
  // Most workflows need none, and reading one takes a millisecond.
  if (!/\b(?:workflow|uses)["']?\s*:\s*[^\s#]/.test(text)) return [];
  const top = readYaml(new Problems(new Source(text, path)));
  const map = mapOf(child(top ?? undefined, "workflow")) ?? top;
  if (map === null || map === undefined) return [];
  const steps = [...stepMaps(child(map, "steps")), ...stepMaps(child(map, "finally"))];
  const references = [child(map, "uses"), ...steps.map((step) => child(step, "workflow"))].map(textOf);
  const keys = references.flatMap((reference) =>
    reference === undefined ? [] : (resolveReference(reference, path) ?? []),
  );
  return [...new Set(keys)];
}
