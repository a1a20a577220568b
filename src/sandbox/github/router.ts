import { authorize, type Caller, doerOf, type Need } from "./auth.ts";
import { type Input, isObject } from "./input.ts";
import type { Doer, Issue, PullRequest, Repository } from "./model.ts";
import { isPull } from "./model.ts";
import { notFound, Refusal } from "./refusal.ts";
import { found, type World } from "./world.ts";

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export interface Answer {
  readonly status: number;
  /** undefined: an empty body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Call {
  readonly world: World;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON object sent, or an empty one. */
  readonly input: Input;
  /** The JSON as sent, for the few endpoints that also take a list. */
  readonly json: unknown;
  readonly accept: string;
  /** The request's own address, for Link headers. */
  readonly url: URL;
}

export interface Route {
  readonly method: Method;
  /** As in GitHub's OpenAPI description: `/repos/{owner}/{repo}/issues`. */
  readonly path: string;
  readonly handle: (call: Call) => Answer;
}

export interface RepositoryCall extends Call {
  readonly repository: Repository;
}

export interface WriteCall extends RepositoryCall {
  readonly by: Doer;
}

type Endpoint = readonly [method: Method, path: string];

function endpoint(text: string): Endpoint {
  const [method, path] = text.split(" ", 2);
  if (path === undefined || !isMethod(method)) throw new Error(`not an endpoint: ${text}`);
  return [method, path];
}

function isMethod(text: string | undefined): text is Method {
  return text === "GET" || text === "POST" || text === "PATCH" || text === "PUT" || text === "DELETE";
}

export function route(text: string, handle: (call: Call) => Answer): Route {
  const [method, path] = endpoint(text);
  return { method, path, handle };
}

function inRepository(call: Call, need: Need): Repository {
  const repository = found(call.world.repository(parameter(call, "owner"), parameter(call, "repo")));
  authorize(call.caller, repository, need);
  return repository;
}

/** An endpoint under `/repos/{owner}/{repo}` that changes nothing. */
export function read(
  text: string,
  permissions: readonly string[],
  handle: (call: RepositoryCall) => Answer,
  role: Need["role"] = "read",
): Route {
  return route(text, (call) =>
    handle({ ...call, repository: inRepository(call, { permissions, level: "read", role }) }),
  );
}

/** An endpoint under `/repos/{owner}/{repo}` that changes something; `role` is what a person needs for it. */
export function write(
  text: string,
  permissions: readonly string[],
  role: Need["role"],
  handle: (call: WriteCall) => Answer,
): Route {
  return route(text, (call) => {
    const repository = inRepository(call, { permissions, level: "write", role });
    return handle({ ...call, repository, by: doerOf(call.caller) });
  });
}

/** A parameter of the path; the router has made sure of it. */
export function parameter(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}

/** A numeric parameter; anything else is a page that does not exist. */
export function idParameter(call: Call, name: string): number {
  const text = parameter(call, name);
  if (!/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
}

export function issueOf(call: RepositoryCall): Issue {
  return found(call.repository.issues.get(idParameter(call, "issue_number")));
}

export function pullOf(call: RepositoryCall): PullRequest {
  const issue = call.repository.issues.get(idParameter(call, "pull_number"));
  if (!isPull(issue)) throw notFound();
  return issue;
}

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** These may contain slashes; a `path` may also be empty, with or without the slash before it: the root. */
const WIDE = new Set(["ref", "basehead", "branch", "tag"]);

function compile(one: Route): Compiled {
  const names: string[] = [];
  const pattern = one.path
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
      names.push(name);
      if (name === "path") return "(.*?)";
      return WIDE.has(name) ? "(.+?)" : "([^/]+)";
    })
    .join("");
  return { route: one, names, pattern: new RegExp(`^${pattern.replace("/(.*?)", "/?(.*?)")}$`) };
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export class Router {
  readonly routes: readonly Route[];
  readonly #compiled: readonly Compiled[];

  constructor(routes: readonly Route[]) {
    this.routes = routes;
    // The route with the most fixed text wins: `/commits/{ref}/check-runs` before `/commits/{ref}`.
    const fixed = (one: Route) => one.path.replaceAll(/\{\w+\}/g, "").length;
    this.#compiled = routes.toSorted((a, b) => fixed(b) - fixed(a)).map(compile);
  }

  match(method: string, path: string): Match | undefined {
    for (const { route: one, names, pattern } of this.#compiled) {
      const values = one.method === method ? pattern.exec(path) : null;
      if (values === null) continue;
      try {
        return {
          route: one,
          params: Object.fromEntries(
            names.map((name, at) => [name, decodeURIComponent(values[at + 1] ?? "")]),
          ),
        };
      } catch {
        return undefined;
      }
    }
    return undefined;
  }
}

/** The request's JSON; an empty body is an empty object, and what is no JSON is GitHub's 400. */
export function parseJson(text: string): { json: unknown; input: Input } {
  if (text.trim() === "") return { json: undefined, input: {} };
  try {
    const json: unknown = JSON.parse(text);
    return { json, input: isObject(json) ? json : {} };
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}
