import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Json } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import { textAt } from "./payload.ts";

/** The workflows that ship: the newest of each in the folder, and each version that was ever released below it. */
export interface Library {
  /** The text of `library/NAME@VERSION`, or why there is none, with what there is. */
  find(reference: string): { readonly text: string } | { readonly reason: string };
  /** Names of the workflows, in their order. */
  readonly names: readonly string[];
  /** The text of the newest version; throws for a name that is none. */
  newest(name: string): string;
}

const shipped = new URL("../../workflows-library/", import.meta.url);
const semver = new Intl.Collator("en", { numeric: true });

/** `folder`: its address, with a slash at the end. */
export function openLibrary(folder: URL = shipped): Library {
  const names = namesIn(folder, /^(.+)\.yml$/);
  const released = new URL("released/", folder);
  const newest = (name: string) => readFileSync(new URL(`${name}.yml`, folder), "utf8");
  return {
    names,
    newest,
    find(reference) {
      const [, name = "", version = ""] = /^library\/([^@]*)@(.*)$/.exec(reference) ?? [];
      const kept = namesIn(released, /^(.+@\d.*)\.yml$/);
      // A workflow may ship no more, and what was released of it stays.
      const known = new Set([...names, ...kept.map((each) => each.replace(/@.*$/, ""))]);
      if (!known.has(name)) return { reason: didYouMean(name, known) ?? "`hishamos init` lists what ships." };
      const text = names.includes(name) ? newest(name) : null;
      const present = text === null ? [] : [versionOf(text)];
      if (text !== null && present.includes(version)) return { text };
      if (kept.includes(`${name}@${version}`))
        return { text: readFileSync(new URL(`${name}@${version}.yml`, released), "utf8") };
      const earlier = kept
        .filter((each) => each.startsWith(`${name}@`))
        .map((each) => each.slice(name.length + 1));
      const versions = [...new Set([...earlier, ...present])].toSorted(semver.compare);
      return { reason: `Of library/${name} this release has ${versions.join(", ")}.` };
    },
  };
}

/** The version that a workflow of the library gives itself. Throws where it gives none. */
export function versionOf(text: string): string {
  const top = parse(text) as Json;
  const version = textAt(top, "workflow", "version") ?? textAt(top, "version");
  if (version === null) throw new Error("a workflow of the library has no version");
  return version;
}

/** What the pattern takes of the names of a folder's files; none where there is no such folder. */
function namesIn(folder: URL, pattern: RegExp): readonly string[] {
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch {
    return [];
  }
  return files.flatMap((file) => pattern.exec(file)?.[1] ?? []).toSorted();
}
