import { createHash } from "node:crypto";
import { wellFormed } from "./text.ts";

const maxKeyLength = 400;

/** A row's key for an id from outside, which may be any text: Postgres can't index very long ones, so those go by hash. */
export function keyOf(id: string): string {
  const text = wellFormed(id);
  if (text.length <= maxKeyLength) return text;
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
