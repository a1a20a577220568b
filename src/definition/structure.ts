import { durationMs } from "../core/duration.ts";
import { formHint, habits, type Spot } from "./foreign-keys.ts";
import { short } from "./limits.ts";
import type { Problems } from "./problems.ts";
import type { Schema } from "./schema/parts.ts";
import {
  validateAgent,
  validateConfig,
  validateUsing,
  validateWorkflow,
} from "./schema/validate.generated.ts";
import { agentSchema, configSchema, usingSchema, workflowSchema } from "./schema/workflow.ts";
import type { Place } from "./source.ts";
import { child, type MapTree, type Tree, toJson } from "./tree.ts";

/** The part of ajv's errors that is read here. */
interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}
interface Validate {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}
const kinds = {
  workflow: [validateWorkflow, workflowSchema],
  using: [validateUsing, usingSchema],
  agent: [validateAgent, agentSchema],
  config: [validateConfig, configSchema],
} as const satisfies Record<string, readonly [Validate, Schema]>;

/** Tells in our own words and with positions what the schema has against the tree. */
export function checkStructure(root: MapTree, kind: keyof typeof kinds, problems: Problems): void {
  const [validate, schema]: readonly [Validate, Schema] = kinds[kind];
  if (validate(toJson(root))) return;
  for (const error of validate.errors ?? []) tell(error, schema, root, problems);
}

function tell(error: SchemaError, schema: Schema, root: MapTree, problems: Problems): void {
  const path = error.instancePath.split("/").slice(1).map(unescape);
  const tree = follow(root, path);
  if (tree.type === "scalar" && tree.broken) return;
  const rule = ruleAt(schema, path);
  const expected = typeof rule["expects"] === "string" ? rule["expects"] : "another value";
  const name = nameOf(path);
  switch (error.keyword) {
    case "additionalProperties":
      tellUnknownKey(String(error.params["additionalProperty"]), tree, rule, problems);
      return;
    case "required": {
      const missing = String(error.params["missingProperty"]);
      const of = path.length === 0 ? "" : ` of ${name}`;
      problems.add("missingKey", startOf(tree), `the key "${missing}"${of} is missing`);
      return;
    }
    case "enum": {
      const values = [rule["enum"]].flat().map(String);
      tellUnknownWord(tree, values, expected, problems);
      return;
    }
    case "pattern":
      problems.add("wrongForm", tree, `${name} must be ${expected}, not ${describe(tree)}`, {
        hint: idHint(tree, expected) ?? durationHint(tree, expected) ?? formHint(name, tree),
      });
      return;
    case "minimum":
    case "maximum":
    case "minItems":
    case "maxItems":
      if (error.keyword === "minItems") problems.add("outOfRange", tree, `${name} must not be empty`);
      else if (error.keyword === "maxItems")
        problems.add(
          "outOfRange",
          startOf(tree),
          `${name} may have ${String(rule["maxItems"])} entries at most`,
        );
      else problems.add("outOfRange", tree, `${name} must be ${expected}, not ${describe(tree)}`);
      return;
    default:
      // Another word would do: that it is none of them is told as well, and says which there are.
      if (rule["enum"] !== undefined) return;
      problems.add("wrongType", tree, `${name} must be ${expected}, not ${describe(tree)}`, {
        hint: formHint(name, tree) ?? quoteHint(name, tree, rule, problems.source.text),
      });
  }
}

function tellUnknownKey(key: string, tree: Tree, rule: Schema, problems: Problems): void {
  const spot = (rule["spot"] ?? null) as Spot | null;
  const place = (tree.type === "map" ? tree.entries.get(key)?.key : undefined) ?? tree;
  const known = Object.keys(rule["properties"] ?? {});
  const hint =
    (spot === null ? undefined : habits[spot]?.get(key)) ??
    problems.didYouMean(key, known) ??
    `Known here: ${known.join(", ")}.`;
  problems.add("unknownKey", place, `unknown key "${short(key)}"`, { hint });
}

/** Tells that a text is none of the words that its place takes. */
export function tellUnknownWord(
  tree: Tree,
  words: readonly string[],
  what: string,
  problems: Problems,
): void {
  const found = tree.type === "scalar" ? String(tree.value) : "";
  problems.add("unknownValue", tree, `${describe(tree)} is not ${what}: ${listWords(words)}`, {
    hint: problems.didYouMean(found, words),
  });
}

export function listWords(words: readonly string[]): string {
  return words.length < 2
    ? `use ${words.join("")}`
    : `use ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** What stands there, in a few words. */
export function describe(tree: Tree): string {
  if (tree.type === "list") return tree.items.length === 0 ? "an empty list" : "a list";
  if (tree.type === "map") return "a map";
  if (tree.value === null) return "nothing";
  if (typeof tree.value === "string") return tree.value === "" ? "an empty text" : `"${short(tree.value)}"`;
  return typeof tree.value === "number" ? `the number ${tree.value}` : `${tree.value}`;
}

function follow(root: Tree, path: readonly string[]): Tree {
  let tree = root;
  for (const segment of path) {
    const next: Tree | undefined = tree.type === "list" ? tree.items[Number(segment)] : child(tree, segment);
    if (next === undefined) return tree;
    tree = next;
  }
  return tree;
}

/** A missing key is told at the beginning of the map only: a caret under the whole of it would help nobody. */
function startOf(tree: Tree): Place {
  return { start: tree.start, end: tree.start };
}

/**
 * The part of the schema that binds the value at the path. ajv's own schemaPath is relative to the last `$ref`,
 * so the schema is walked beside the path instead.
 */
function ruleAt(schema: Schema, path: readonly string[]): Schema {
  let rule = schema;
  for (const segment of path) {
    const properties = (rule["properties"] ?? {}) as Schema;
    const next = Object.hasOwn(properties, segment)
      ? properties[segment]
      : (/^\d+$/.test(segment) && rule["items"]) || rule["additionalProperties"];
    if (typeof next !== "object" || next === null) return {};
    rule = resolve(schema, next as Schema);
  }
  return rule;
}

function resolve(schema: Schema, rule: Schema): Schema {
  const reference = rule["$ref"];
  if (typeof reference !== "string") return rule;
  const definitions = schema["$defs"] as Readonly<Record<string, Schema>>;
  return definitions[reference.slice("#/$defs/".length)] ?? {};
}

/** `timeout`, or `steps[0]` for an item of a list. */
function nameOf(path: readonly string[]): string {
  const last = path.at(-1) ?? "workflow";
  return /^\d+$/.test(last) && path.length > 1 ? `${path.at(-2)}[${last}]` : last;
}

function idHint(tree: Tree, expected: string): string | undefined {
  if (!expected.startsWith("an id") || tree.type !== "scalar" || typeof tree.value !== "string")
    return undefined;
  const id = tree.value
    .trim()
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^(?=\d)/, "_")
    .slice(0, 100);
  return id === "" || /^_*$/.test(id) ? undefined : `Write "${id}".`;
}

/** For `7 days`, `1 hour`, `2w`. */
export function durationHint(tree: Tree, expected: string): string | undefined {
  if (!expected.startsWith("a duration") || tree.type !== "scalar" || typeof tree.value !== "string")
    return undefined;
  const written = /^(\d{1,6})\s*(s|m|h|d|w|sec|second|min|minute|hour|day|week)s?$/i.exec(tree.value.trim());
  if (!written) return undefined;
  const [, count = "", word = ""] = written;
  const unit = word.charAt(0).toLowerCase();
  const meant = unit === "w" ? `${Number(count) * 7}d` : `${Number(count)}${unit}`;
  return durationMs(meant) === null ? undefined : `Write ${meant}.`;
}

function quoteHint(name: string, tree: Tree, rule: Schema, text: string): string | undefined {
  if (name === "check") return 'For no check run write "none".';
  const takesText = [rule["type"]].flat().includes("string");
  if (!takesText || tree.type !== "scalar" || tree.value === null) return undefined;
  if (typeof rule["pattern"] === "string") {
    const timed = typeof tree.value === "number" && rule["pattern"].includes("ms|s|m");
    return timed ? `A number needs its unit: ${tree.value}s, ${tree.value}m.` : undefined;
  }
  // As it was written: 1.10 has become the number 1.1.
  const written = `"${text.slice(tree.start, tree.end)}"`;
  return `Put it in quotes: ${name === "version" ? `version: ${written}` : written}.`;
}

function unescape(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}
