import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import { bearsMarker, disarmed, isOurs, markerIn } from "../marker.ts";
import type { Method } from "./call.ts";
import { isRequestFailure } from "./errors.ts";
import type { ActionContext } from "./results.ts";

/**
 * The parameters with bodies in which nothing passes for a marker of ours: a workflow repeats strangers' texts, and by our
 * hand a marker in them would count. `marked`: the one we have just put there. What changes a body of ours may keep the
 * marker that it has now, and no other. Rejects as Octokit does, where it has to look.
 */
export async function withoutMarkers(
  context: ActionContext,
  method: Method,
  parameters: JsonObject,
  marked: string | null,
): Promise<JsonObject> {
  if (!bodiesIn(parameters).some(bearsMarker)) return parameters;
  const kept = marked ?? (await markerNow(context, method, parameters));
  return withBodies(parameters, (text) => disarmed(text, kept));
}

/** GitHub serves an object where it takes its changes. */
async function markerNow(
  { octokit, request: { signal }, slug }: ActionContext,
  { verb, url }: Method,
  parameters: JsonObject,
): Promise<string | null> {
  if (verb !== "PATCH" && verb !== "PUT") return null;
  const { body: _, ...place } = parameters;
  const names = [...url.matchAll(/\{([\w-]+)\}/g)].map((match) => match[1] ?? "");
  const named = Object.fromEntries(names.map((name) => [name, own(place, name)]));
  try {
    const { data } = await octokit.request({ method: "GET", url, ...named, request: { signal } });
    const object = data as { readonly body?: string | null } & Parameters<typeof isOurs>[0];
    return isOurs(object, await slug()) ? markerIn(object.body) : null;
  } catch (error) {
    // What can't be read has no marker that would have to stay.
    if (isRequestFailure(error) && error.status < 500) return null;
    throw error;
  }
}

/** `body`, and those of a review's comments. */
function bodiesIn(parameters: JsonObject): readonly string[] {
  const bodies: string[] = [];
  withBodies(parameters, (text) => {
    bodies.push(text);
    return text;
  });
  return bodies;
}

function withBodies(parameters: JsonObject, change: (text: string) => string): JsonObject {
  const changed = (value: Json, key: string): Json => {
    if (key === "body") return typeof value === "string" ? change(value) : value;
    if (key !== "comments" || !Array.isArray(value)) return value;
    return value.map((one) => (isObject(one) ? withBodies(one, change) : one));
  };
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, changed(value, key)]));
}
