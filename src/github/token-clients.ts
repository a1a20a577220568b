import { Octokit } from "@octokit/rest";
import { type Log, silentLog } from "../engine/ports/log.ts";
import { isRequestFailure } from "./actions/errors.ts";
import { type Clients, octokitLog } from "./clients.ts";
import { paced } from "./pacing/hook.ts";
import type { Urgency } from "./pacing/limits.ts";
import type { Pacing } from "./pacing/pacing.ts";
import { type Fetch, patientFetch } from "./transport.ts";

export interface TokenClientOptions {
  /** A job's GITHUB_TOKEN, or one that stands in for it. */
  readonly token: string;
  /** Login of the account that it writes as. */
  readonly bot: string;
  /** As `https://api.github.com`. */
  readonly baseUrl: string;
  readonly pacing: Pacing;
  readonly log?: Log;
  readonly fetch?: Fetch;
  /** In ms since 1970 UTC. */
  readonly now: () => number;
  /** Hears of each request that was refused because the job declares too little; `permission`: as `issues: write`. */
  readonly onLack: (permission: string, urgency: Urgency) => void;
}

/** How long one request may take, its answer's body included. */
const timeoutMs = 20_000;

/**
 * Clients that all speak with one token, whatever narrowing is asked for: what it may do is what `permissions:` of its job
 * say, and it can't be narrowed. Nobody speaks as an App.
 */
export function createTokenClients(options: TokenClientOptions): Clients {
  const { token, bot, baseUrl, pacing, log = silentLog, now, onLack } = options;
  const kept = new Map<Urgency, Octokit>();
  return {
    appId: bot.replace(/\[bot\]$/, ""),
    login: bot,
    app() {
      throw new Error("a job has no App");
    },
    installation(id, _narrowing, urgency = "steps") {
      const known = kept.get(urgency);
      if (known) return known;
      const octokit = new Octokit({
        auth: token,
        baseUrl,
        userAgent: "hishamos-action",
        request: { fetch: patientFetch(options.fetch ?? fetch, timeoutMs), log: octokitLog(log) },
        log: octokitLog(log),
      });
      paced(octokit, { pacing, installation: id, urgency, now });
      octokit.hook.error("request", (error, { url, method }) => {
        if (isRequestFailure(error)) Object.assign(error, explained(error, { url, method }));
        if ("lacks" in error && typeof error.lacks === "string") onLack(error.lacks, urgency);
        throw error;
      });
      kept.set(urgency, octokit);
      return octokit;
    },
  };
}

type Refused = Error & { readonly status: number; readonly response?: { readonly headers: object } };

/** What the job lacks, if that is why, and the way out in words. */
function explained(error: Refused, request: { readonly url: string; readonly method: string }) {
  if (error.status === 401)
    return { wayOut: "The token was refused: it ends with its job, or the input `token` has another one." };
  if (error.status !== 403 || !/resource not accessible by/i.test(error.message)) return {};
  const lacks = acceptedIn(error) ?? lackedFor(request);
  if (lacks === null)
    return { wayOut: "No job's own token can do this: give the input `token` one that can." };
  return { lacks, wayOut: wayOutOf(lacks) };
}

/** What to tell somebody whose job lacks a permission. */
export function wayOutOf(lacks: string): string {
  return `Add \`${lacks}\` under \`permissions:\` of the job; for a pull request from a fork GitHub lets the token only read.`;
}

/** The first of the ways in `x-accepted-github-permissions`, as `issues=write; pull_requests=write`, in a job's words. */
function acceptedIn({ response }: Refused): string | null {
  const accepted = Object.entries(response?.headers ?? {}).find(
    ([name]) => name === "x-accepted-github-permissions",
  )?.[1] as string | undefined;
  const [way = ""] = (accepted ?? "").split(";");
  const grants = way.split(",").flatMap((grant) => {
    const [name, level] = grant.trim().split("=");
    return name && level ? `${name.replaceAll("_", "-")}: ${level}` : [];
  });
  return grants.length > 0 ? grants.join(", ") : null;
}

/** By what the path is about, the permission as a job declares it. */
const areas: readonly (readonly [RegExp, string])[] = [
  [/\/check-(?:runs|suites)/, "checks"],
  [/\/statuses/, "statuses"],
  [/\/actions\//, "actions"],
  [/\/deployments/, "deployments"],
  [/\/pulls/, "pull-requests"],
  [/\/(?:issues|labels|milestones)/, "issues"],
  [/\/(?:contents|git|merges|releases|branches|commits)/, "contents"],
];

function lackedFor({ url, method }: { readonly url: string; readonly method: string }): string | null {
  const area = areas.find(([path]) => path.test(url))?.[1];
  return area === undefined ? null : `${area}: ${method === "GET" || method === "HEAD" ? "read" : "write"}`;
}
