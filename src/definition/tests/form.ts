import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { didYouMean } from "../../core/nearest.ts";
import type { Problems } from "../problems.ts";
import { testsSchema } from "../schema/tests.ts";
import { child, type MapTree, type Tree, toJson } from "../tree.ts";
import type { TestProblem } from "./problems.ts";

let compiled: ValidateFunction | null = null;

/** Tells what the schema has against a test file, in our own words and with positions. */
export function checkForm(root: MapTree, problems: Problems): void {
  compiled ??= new Ajv({ strict: false, allErrors: true, verbose: true, ownProperties: true }).compile(
    testsSchema,
  );
  if (compiled(toJson(root))) return;
  for (const error of compiled.errors ?? []) {
    const tree = follow(root, error.instancePath);
    if (tree.type === "scalar" && tree.broken) continue;
    const told = inWords(error, tree);
    const place = told.key === undefined ? tree : (keyPlace(tree, told.key) ?? tree);
    const problem: TestProblem = {
      code: "HOS810",
      message: told.message,
      position: problems.source.position(place.start),
      ...(told.hint === undefined ? {} : { hint: told.hint }),
    };
    problems.take(problem);
  }
}

interface Told {
  readonly message: string;
  readonly hint?: string | undefined;
  /** The key that it is about, where it is not the value. */
  readonly key?: string;
}

function inWords(error: ErrorObject, tree: Tree): Told {
  const rule = (error.parentSchema ?? {}) as Readonly<Record<string, unknown>>;
  const params = error.params as Readonly<Record<string, unknown>>;
  const name = nameOf(error.instancePath);
  const expected = typeof rule["expects"] === "string" ? rule["expects"] : "something else";
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(params["additionalProperty"]);
      const known = Object.keys(rule["properties"] ?? {});
      return {
        message: `unknown key "${key.slice(0, 60)}"`,
        hint: didYouMean(key, known) ?? `Known here: ${known.join(", ")}.`,
        key,
      };
    }
    case "required":
      return { message: `the key "${String(params["missingProperty"])}" of ${name} is missing` };
    case "enum": {
      const values = (rule["enum"] as readonly unknown[]).map(String);
      return {
        message: `${shown(tree)} is not ${expected}: use ${values.join(", ")}`,
        hint: didYouMean(tree.type === "scalar" ? String(tree.value) : "", values),
      };
    }
    default:
      return { message: `${name} must be ${expected}, not ${shown(tree)}` };
  }
}

function shown(tree: Tree): string {
  if (tree.type !== "scalar") return tree.type === "list" ? "a list" : "a map";
  if (tree.value === null) return "nothing";
  return typeof tree.value === "string" ? JSON.stringify(tree.value.slice(0, 60)) : String(tree.value);
}

function nameOf(pointer: string): string {
  const parts = pointer.split("/").slice(1).map(unescape);
  const last = parts.at(-1);
  if (last === undefined) return "the file";
  return /^\d+$/.test(last) && parts.length > 1 ? `${parts.at(-2) ?? ""}[${last}]` : last;
}

function follow(root: Tree, pointer: string): Tree {
  let tree = root;
  for (const segment of pointer.split("/").slice(1).map(unescape)) {
    const next: Tree | undefined = tree.type === "list" ? tree.items[Number(segment)] : child(tree, segment);
    if (next === undefined) return tree;
    tree = next;
  }
  return tree;
}

function keyPlace(tree: Tree, key: string) {
  return tree.type === "map" ? tree.entries.get(key)?.key : undefined;
}

function unescape(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}
