import { Ajv } from "ajv";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { formatProblem } from "../core/problem.ts";
import type { InputDefinition, Workflow } from "../core/workflow.ts";
import { referenceHint, resolveReference } from "./files.ts";
import { short } from "./limits.ts";
import type { LoadedWorkflow } from "./load.ts";
import { definitionProblems, type Problems } from "./problems.ts";
import type { Place } from "./source.ts";
import { describe } from "./structure.ts";
import { mapOf, type Tree, textOf, toJson } from "./tree.ts";

/** How deep workflows may run each other. */
export const deepest = 10;

/** What the loader knows of the files around the one that is read. */
export interface Family {
  readonly path: string;
  /** Keys of the files that lead here, the first one first; this one is the last. */
  readonly chain: readonly string[];
  readonly files: ReadonlyMap<string, string> | null;
  /** Whether a pinned file that is not among `files` may be missing. */
  readonly offline: boolean;
  /** Loads the file of this key as a child of this one. */
  load(key: string, text: string): LoadedWorkflow;
}

/** The workflows that a file's steps run, as they are read. */
export class Children {
  /** By the reference as written. */
  readonly known = new Map<string, Workflow>();
  /** The files that were used, by key. */
  readonly files = new Map<string, string>();
  readonly #family: Family;
  readonly #problems: Problems;

  constructor(family: Family, problems: Problems) {
    this.#family = family;
    this.#problems = problems;
  }

  /** The workflow that the text refers to; null where a problem was told, or where the files are not at hand. */
  read(tree: Tree | undefined): Workflow | null {
    const reference = textOf(tree);
    if (tree === undefined || reference === undefined) return null;
    const known = this.known.get(reference);
    if (known) return known;
    const { path, chain, files, offline } = this.#family;
    const key = resolveReference(reference, path);
    if (key === null) {
      this.#problems.add(
        "workflowReference",
        tree,
        `"${short(reference)}" is not a reference to a workflow`,
        {
          hint:
            referenceHint(reference) ??
            this.#problems.didYouMean(reference, siblings(path, files)) ??
            "Write ./FILE.yml, OWNER/REPO/PATH@SHA or library/NAME@VERSION.",
        },
      );
      return null;
    }
    const text = files?.get(key);
    const at = chain.indexOf(key);
    if (at >= 0) {
      const ring = [...chain.slice(at), key].join(" -> ");
      this.#problems.add("recursion", tree, `workflows run each other without end: ${ring}`, {
        hint: "Let the last one do its work without running a workflow that leads to it.",
      });
      return null;
    }
    const elsewhere = key.includes("@") && !key.startsWith("library/");
    if (files === null || (text === undefined && offline && elsewhere)) return null;
    if (text === undefined) {
      this.#problems.add("missingFile", tree, `there is no workflow "${short(key)}"`, {
        hint: this.#problems.didYouMean(reference, siblings(path, files)),
      });
      return null;
    }
    if (chain.length > deepest) {
      this.#problems.add("recursion", tree, `workflows run each other more than ${deepest} deep`);
      return null;
    }
    return this.#take(reference, key, text, tree);
  }

  #take(reference: string, key: string, text: string, place: Place): Workflow | null {
    const loaded = this.#family.load(key, text);
    if ("workflow" in loaded) {
      this.known.set(reference, loaded.workflow);
      this.files.set(key, text);
      for (const [each, content] of loaded.files) this.files.set(each, content);
      return loaded.workflow;
    }
    const [first] = loaded.problems;
    const ring = loaded.problems.find(({ code }) => code === definitionProblems.recursion.code);
    const count = loaded.problems.length;
    if (ring) this.#problems.add("recursion", place, ring.message, { hint: ring.hint });
    else {
      const many = count === 1 ? "a problem" : `${count} problems, the first`;
      this.#problems.add(
        "brokenFile",
        place,
        `the workflow "${short(reference)}" has ${many}: ${first ? formatProblem(first) : ""}`,
      );
    }
    return null;
  }
}

/** The workflows beside this one, as references. */
function siblings(path: string, files: ReadonlyMap<string, string> | null): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return [...(files?.keys() ?? [])].flatMap((key) => {
    const name = key.startsWith(folder) ? key.slice(folder.length) : "/";
    return name.includes("/") || key === path ? [] : [`./${name}`];
  });
}

/** Tells where the values that a step gives are not what the child lists. */
export function checkChildInputs(
  child: Workflow,
  reference: Tree,
  given: Tree | undefined,
  problems: Problems,
  asked: "all" | "given" = "all",
): void {
  const map = mapOf(given);
  if (given !== undefined && map === undefined) return;
  const name = short(textOf(reference) ?? child.name);
  const names = child.inputs.map((input) => input.name);
  const meant = new Set<string>();
  for (const [key, { key: place, value }] of map?.entries ?? []) {
    const input = child.inputs.find((each) => each.name === key);
    if (input) {
      checkValue(input, value, problems);
      continue;
    }
    const hint = problems.didYouMean(key, names);
    for (const each of names) if (hint?.includes(`"${each}"`)) meant.add(each);
    problems.add("unknownInput", place, `"${name}" has no input "${short(key)}"`, {
      hint: hint ?? (names.length === 0 ? "It takes no inputs." : `It takes ${names.join(", ")}.`),
    });
  }
  for (const { name: key, required, from, default: usual } of asked === "all" ? child.inputs : []) {
    if (!required || from !== null || usual !== undefined) continue;
    if (meant.has(key) || map?.entries.has(key)) continue;
    problems.add("childInput", reference, `"${name}" needs the input "${short(key)}"`, {
      hint: map === undefined ? `Write inputs: {${short(key)}: …}.` : undefined,
    });
  }
}

function checkValue({ name, schema }: InputDefinition, tree: Tree, problems: Problems): void {
  if (schema === null || hasTemplates(tree)) return;
  const error = valueError(schema, toJson(tree));
  if (error === null) return;
  const found = tree.type === "scalar" ? `${describe(tree)} ${error}` : error;
  problems.add("childInput", tree, `the input "${short(name)}" doesn't fit: ${found}`);
}

/** Whether only the run knows the value. */
export function hasTemplates(tree: Tree): boolean {
  if (tree.type === "list") return tree.items.some(hasTemplates);
  if (tree.type === "map") return [...tree.entries.values()].some(({ value }) => hasTemplates(value));
  return typeof tree.value === "string" && tree.value.includes("{{");
}

/** What the schema has against the value, in a few words, or null. A schema that can't be used has nothing. */
function valueError(schema: JsonObject, value: Json): string | null {
  const { $schema: _, ...keywords } = schema;
  const ajv = new Ajv({ strict: false, logger: false, validateFormats: false });
  try {
    if (ajv.validate(keywords, value)) return null;
  } catch {
    return null;
  }
  const [first] = ajv.errors ?? [];
  const where = first?.instancePath.replaceAll("/", ".").slice(1);
  const allowed = isObject(first?.params) ? first?.params["allowedValues"] : undefined;
  const words = Array.isArray(allowed) ? `: ${allowed.join(", ")}` : "";
  return `${where ? `${where} ` : ""}${first?.message ?? "is not what it lists"}${words}`;
}

/** Tells what the child's actions need and the token, which is this workflow's, may not do. */
export function checkChildPermissions(
  child: Workflow,
  reference: Tree,
  granted: Workflow["permissions"],
  permissions: Place | null,
  problems: Problems,
): void {
  const missing = Object.entries(child.permissions).flatMap(([name, access]) => {
    const has = Object.hasOwn(granted, name) ? granted[name] : undefined;
    return has === "write" || has === access ? [] : [`${name}: ${access}`];
  });
  if (missing.length === 0) return;
  problems.add(
    "undeclaredPermission",
    reference,
    `"${short(textOf(reference) ?? "")}" needs "${missing.join('", "')}", which this workflow doesn't declare`,
    {
      hint: "A child works with the token of the workflow that runs it: add it under permissions.",
      ...(permissions && { related: { message: "the permissions are here", place: permissions } }),
    },
  );
}
