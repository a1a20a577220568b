import { doerOf } from "../auth.ts";
import { isObject } from "../input.ts";
import type { Comment } from "../model.ts";
import type { Answer, Call } from "../router.ts";
import { commentNodeId } from "../serialize/issue.ts";

function failure(type: string, message: string): Answer {
  return { status: 200, body: { data: null, errors: [{ type, message }] } };
}

/** Every string in the request that could be a node id: the variables, and what the query quotes. */
function idsIn(query: string, variables: unknown): string[] {
  if (typeof variables === "string") return [variables];
  if (isObject(variables))
    return [...Object.values(variables).flatMap((value) => idsIn("", value)), ...idsIn(query, undefined)];
  return [...query.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
}

function commentWith(call: Call, ids: readonly string[]): Comment | undefined {
  for (const repository of call.world.repositories.values()) {
    const comment = [...repository.comments.values()].find((one) => ids.includes(commentNodeId(one)));
    if (comment !== undefined) return comment;
  }
  return undefined;
}

const CLASSIFIERS = ["ABUSE", "DUPLICATE", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM"] as const;

/**
 * `POST /api/graphql`: no GraphQL, but the two mutations that REST lacks, `minimizeComment` and
 * `unminimizeComment`, whichever way the id is handed over.
 */
export function graphql(call: Call): Answer {
  doerOf(call.caller);
  const query = call.input["query"];
  if (typeof query !== "string")
    return { status: 400, body: { message: "A query attribute must be specified and must be a string." } };
  const mutation = /\b(unminimizeComment|minimizeComment)\b/.exec(query)?.[1];
  if (mutation === undefined)
    return failure("NOT_IMPLEMENTED", "the sandbox answers minimizeComment and unminimizeComment only");
  const ids = idsIn(query, call.input["variables"]);
  const comment = commentWith(call, ids);
  if (comment === undefined)
    return failure("NOT_FOUND", `Could not resolve to a node with the global id of '${ids[0] ?? ""}'`);
  const text = query + JSON.stringify(call.input["variables"] ?? {});
  const classifier = CLASSIFIERS.find((one) => new RegExp(`\\b${one}\\b`).test(text)) ?? "OUTDATED";
  const minimize = mutation === "minimizeComment";
  comment.minimizedReason = minimize ? classifier.toLowerCase().replace("_", "-") : null;
  call.world.changed();
  const key = minimize ? "minimizedComment" : "unminimizedComment";
  return {
    status: 200,
    body: {
      data: { [mutation]: { [key]: { isMinimized: minimize, minimizedReason: comment.minimizedReason } } },
    },
  };
}
