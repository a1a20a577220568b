import { isObject, type Json, type JsonObject, own } from "../core/json.ts";

/** Longest text kept, in UTF-16 units: enough for a body, and said where it was cut. */
const MAX_TEXT = 16_384;
/** Longest result, as JSON text. */
const MAX_RESULT = 32_768;
const MAX_ITEMS = 100;
const MAX_DEPTH = 12;
/** `pull_request.head.repo.owner` and its like are always kept. */
const MIN_DEPTH = 5;

/** Nothing a workflow reads, or nothing that means anything outside the API. */
const dropped = new Set(["node_id", "_links", "installation", "organization", "enterprise"]);
const repositoryKeys = ["id", "name", "full_name", "default_branch", "private", "html_url"];

interface Bounds {
  readonly text: number;
  readonly items: number;
  readonly depth: number;
}

/**
 * What is kept of a webhook's payload: the part of GitHub's shape that expressions read, at most about 32 KB as JSON,
 * in text that every database takes. Users keep {login, id, type}; of addresses only `html_url` stays. A payload that is
 * still too large loses ever more of its long texts, lists and depths.
 */
export function trimPayload(payload: JsonObject): JsonObject {
  let bounds: Bounds = { text: MAX_TEXT, items: MAX_ITEMS, depth: MAX_DEPTH };
  for (;;) {
    const trimmed = trimObject(payload, bounds, 0);
    if (JSON.stringify(trimmed).length <= MAX_RESULT) return trimmed;
    if (bounds.depth === MIN_DEPTH) return smallest(trimmed);
    bounds = {
      text: Math.max(64, Math.floor(bounds.text / 2)),
      items: Math.max(1, Math.floor(bounds.items / 2)),
      depth: bounds.text > 256 ? bounds.depth : bounds.depth - 1,
    };
  }
}

/** The entries that fit, in their order: an object of thousands of keys is none of GitHub's. */
function smallest(value: JsonObject): JsonObject {
  let room = MAX_RESULT - 2;
  return Object.fromEntries(
    Object.entries(value).filter(([key, inner]) => {
      room -= JSON.stringify(key).length + JSON.stringify(inner).length + 2;
      return room >= 0;
    }),
  );
}

function trim(value: Json, key: string, bounds: Bounds, depth: number): Json {
  if (typeof value === "string") return trimText(value, bounds.text);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= bounds.depth) return null;
  if (Array.isArray(value)) {
    return value.slice(0, bounds.items).map((item) => trim(item, key, bounds, depth + 1));
  }
  const object = value as JsonObject;
  if (isUser(object)) return pick(object, ["login", "id", "type"]);
  if (key === "repository" || key === "repo") return trimRepository(object);
  return trimObject(object, bounds, depth);
}

function trimObject(object: JsonObject, bounds: Bounds, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([key]) => !dropped.has(key) && key !== "url" && (key === "html_url" || !key.endsWith("_url")))
      .map(([key, value]) => [wellFormedText(key), trim(value, key, bounds, depth + 1)]),
  );
}

function trimRepository(repository: JsonObject): JsonObject {
  const owner = own(repository, "owner");
  return {
    ...pick(repository, repositoryKeys),
    ...(isObject(owner) ? { owner: pick(owner, ["login"]) } : {}),
  };
}

function isUser(value: JsonObject): boolean {
  return typeof own(value, "login") === "string" && typeof own(value, "id") === "number";
}

function pick(value: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const inner = own(value, key);
      if (inner === undefined || typeof inner === "object") return [];
      return [[key, typeof inner === "string" ? trimText(inner, 1_024) : inner]];
    }),
  );
}

function trimText(text: string, max: number): string {
  return wellFormedText(text.length <= max ? text : `${text.slice(0, max)}…`);
}

/** Text as databases take it: well-formed Unicode without NUL (Postgres refuses both). */
function wellFormedText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}
