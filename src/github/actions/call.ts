import type { Octokit } from "@octokit/rest";
import type { JsonObject } from "../../core/json.ts";
import { listsPages } from "../../definition/actions/index.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/** One method of `octokit.rest`. */
export interface Method {
  readonly name: string;
  /** GET, POST, … */
  readonly verb: string;
  /** Route with placeholders, as `/repos/{owner}/{repo}/issues`. */
  readonly url: string;
  call(parameters: JsonObject, signal: AbortSignal): Promise<Answer>;
}

interface RestMethod {
  (parameters: object): Promise<Answer>;
  readonly endpoint: { readonly DEFAULTS: { readonly method: string; readonly url: string } };
}

/** The method by its name as `issues.addLabels`, or null where octokit.rest has none. */
export function methodOf(octokit: Octokit, name: string): Method | null {
  const [scope = "", method = "", ...rest] = name.split(".");
  if (rest.length > 0 || !Object.hasOwn(octokit.rest, scope)) return null;
  const methods: object = octokit.rest[scope as keyof Octokit["rest"]];
  // `in` asks Octokit's table; reading `constructor` would reach an object's prototype.
  if (!(method in methods)) return null;
  const call = Reflect.get(methods, method) as RestMethod;
  const { method: verb, url } = call.endpoint.DEFAULTS;
  return {
    name,
    verb,
    url,
    call: (parameters, signal) => call({ ...parameters, request: { retries: 0, signal } }),
  };
}

/**
 * All pages of a list up to `maxItems`, in the shape of one: a bare list, or an object around it as
 * `{ total_count, workflow_runs: […] }`. A method that answers something else is called once. Whoever names a
 * `page` gets that page.
 */
export async function callPages(
  octokit: Octokit,
  method: Method,
  parameters: JsonObject,
  maxItems: number,
  signal: AbortSignal,
): Promise<unknown> {
  if (!listsPages(method.name) || parameters.page !== undefined)
    return (await method.call(parameters, signal)).data;
  let answer = await method.call({ per_page: Math.min(100, maxItems), ...parameters }, signal);
  const first = answer.data;
  const key = listKey(first);
  if (key === null) return first;
  const items: unknown[] = [...itemsOf(answer.data, key)];
  for (let next = nextPage(answer); next && items.length < maxItems; next = nextPage(answer)) {
    answer = await octokit.request({ method: "GET", url: next, request: { signal } });
    items.push(...itemsOf(answer.data, key));
  }
  const kept = items.slice(0, maxItems);
  return key === "" ? kept : { ...(first as object), [key]: kept };
}

/** Where the items are: "" for a bare list, the key of the only list in an object, null where there is none. */
function listKey(data: unknown): string | null {
  if (Array.isArray(data)) return "";
  if (typeof data !== "object" || data === null || !("total_count" in data)) return null;
  const lists = Object.entries(data).filter(([, value]) => Array.isArray(value));
  return lists.length === 1 ? (lists[0]?.[0] ?? null) : null;
}

function itemsOf(data: unknown, key: string): readonly unknown[] {
  const items: unknown = key === "" ? data : (data as Readonly<Record<string, unknown>>)[key];
  return Array.isArray(items) ? items : [];
}

function nextPage({ headers }: Answer): string | null {
  return /<([^<>]+)>;\s*rel="next"/.exec(String(headers.link ?? ""))?.[1] ?? null;
}
