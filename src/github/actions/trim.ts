import type { Json } from "../../core/json.ts";

/**
 * GitHub's answer as the document keeps it: JSON, without node ids and without addresses of the API that
 * nobody reads (all keys in `_url` but `html_url`).
 */
export function trimmed(value: unknown): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  // Octokit reads whole numbers over 2^53 so; as text they lose nothing.
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object") return null;
  if (value instanceof ArrayBuffer) return { base64: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(trimmed);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, entry]) => entry !== undefined && !isNoise(key))
      .map(([key, entry]) => [key, trimmed(entry)]),
  );
}

function isNoise(key: string): boolean {
  return key === "node_id" || key === "_links" || (key.endsWith("_url") && key !== "html_url");
}

/** What names the thing that was made, for the ledger: its page, else its address, else its id. */
export function refOf(value: Json): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entry = Object.entries(value);
  for (const name of ["html_url", "url", "sha", "id"]) {
    const found = entry.find(([key]) => key === name)?.[1];
    if (typeof found === "string" || typeof found === "number") return String(found);
  }
  return null;
}
