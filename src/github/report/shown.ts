import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";

/** What the reporter remembers of what it has shown; lost, it is found again by markers and external ids. */
export interface Shown {
  /** Keys of the asks that were posted, oldest first, bounded. */
  readonly asked: readonly string[];
  /** Where the newest of them stands; null where none was posted, or it was not noted. */
  readonly askedAt: string | null;
  /** The round at whose end the issue opened for it was closed, while it is. */
  readonly closed: number | null;
  readonly sticky: { readonly id: number; readonly hash: string } | null;
  readonly check: ShownCheck | null;
}

/** The newest check run, by the head it stands at. */
export interface ShownCheck {
  readonly sha: string;
  readonly id: number;
  readonly hash: string;
  readonly completed: boolean;
}

export const nothingShown: Shown = { asked: [], askedAt: null, closed: null, sticky: null, check: null };
const keptAsks = 100;

export function withAsked(shown: Shown, key: string, url: string): Shown {
  return { ...shown, asked: [...shown.asked, key].slice(-keptAsks), askedAt: url };
}

export function toJson(shown: Shown): JsonObject {
  return {
    asked: shown.asked,
    askedAt: shown.askedAt,
    closed: shown.closed,
    sticky: shown.sticky && { ...shown.sticky },
    check: shown.check && { ...shown.check },
  };
}

/** What is not as it should be counts as not shown. */
export function fromJson(json: JsonObject): Shown {
  const asked = own(json, "asked");
  const askedAt = own(json, "askedAt");
  const closed = own(json, "closed");
  return {
    asked: Array.isArray(asked) ? asked.filter((key): key is string => typeof key === "string") : [],
    askedAt: typeof askedAt === "string" ? askedAt : null,
    closed: typeof closed === "number" ? closed : null,
    sticky: stickyFrom(own(json, "sticky")),
    check: checkFrom(own(json, "check")),
  };
}

function stickyFrom(json: Json | undefined): Shown["sticky"] {
  if (!isObject(json)) return null;
  const { id, hash } = json;
  return typeof id === "number" && typeof hash === "string" ? { id, hash } : null;
}

function checkFrom(json: Json | undefined): ShownCheck | null {
  if (!isObject(json)) return null;
  const { sha, id, hash, completed } = json;
  if (typeof sha !== "string" || typeof id !== "number" || typeof hash !== "string") return null;
  return { sha, id, hash, completed: completed === true };
}
