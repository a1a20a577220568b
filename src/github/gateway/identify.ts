import { Octokit } from "@octokit/rest";
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from "jose";
import type { Caller, Clock, Log } from "../../engine/ports/index.ts";
import { hasStatus } from "../failures.ts";
import { type Fetch, patientFetch } from "../transport.ts";

export interface IdentifyOptions {
  /** GitHub's REST root; github.com's where undefined. */
  readonly baseUrl?: string | undefined;
  readonly fetch?: Fetch | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Who signs the tokens of Actions jobs, and where its keys are; unless given that of the GitHub at `baseUrl`. */
  readonly actionsIssuer?: string | undefined;
  /** What the `aud` of such a token has to be, this service's own address; null: no such token is taken. */
  readonly audience: string | null;
}

/** https://docs.github.com/actions/concepts/security/openid-connect; an Enterprise Server's own stands in its reference. */
export function issuerAt(baseUrl: string | undefined): string {
  const { origin, hostname } = new URL(baseUrl ?? "https://api.github.com");
  const own = "https://token.actions.githubusercontent.com";
  return hostname === "api.github.com" ? own : `${origin}/_services/token`;
}

const timeoutMs = 10_000;
/** GitHub's own tokens begin so; their rest may have any form, and be of any length. */
const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** A caller with what only it can show: whether its own token reads a repository. */
export interface Identified {
  readonly caller: Caller;
  /** Null for a job of Actions: its token reads nothing of GitHub's. */
  readonly octokit: Octokit | null;
}

/**
 * Whom a token speaks for: a person, by a token of GitHub's that GitHub knows, or a job of Actions, by an OIDC token that is
 * signed for this service. Null where it is neither. Rejects where GitHub can't be asked.
 */
export function createIdentifier(options: IdentifyOptions): (token: string) => Promise<Identified | null> {
  const { clock, log, audience } = options;
  const issuer = options.actionsIssuer ?? issuerAt(options.baseUrl);
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks`), {
    timeoutDuration: timeoutMs,
    ...(options.fetch ? { [customFetch]: options.fetch } : {}),
  });

  async function person(token: string): Promise<Identified | null> {
    const octokit = new Octokit({
      auth: token,
      userAgent: "hishamos",
      ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
      request: { fetch: patientFetch(options.fetch ?? fetch, timeoutMs) },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    });
    try {
      const { data } = await octokit.rest.users.getAuthenticated();
      if (data.type !== "User") return null;
      return { caller: { kind: "user", login: data.login, repository: null }, octokit };
    } catch (error) {
      // 403: an installation's token, which is no person's.
      if (hasStatus(error, 401, 403, 404)) return null;
      throw error;
    }
  }

  async function job(token: string): Promise<Identified | null> {
    if (audience === null) return null;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ["RS256"],
        currentDate: new Date(clock.now()),
        requiredClaims: ["exp", "nbf", "jti"],
      });
      const repository = Number(payload["repository_id"]);
      const actor = payload["actor"];
      if (!Number.isSafeInteger(repository) || repository <= 0 || typeof actor !== "string") return null;
      return { caller: { kind: "actions", login: actor, repository }, octokit: null };
    } catch (error) {
      // Which check it failed helps who writes tokens; the caller learns only that it is not known.
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw error;
      log.info({ code: error.code, reason: error.message }, "a token of Actions was refused");
      return null;
    }
  }

  return (token) => (jwt.test(token) && issuedBy(token) === issuer ? job(token) : person(token));
}

/** The issuer that a token names, before anything of it is believed: GitHub's own may have the form of a JWT too. */
function issuedBy(token: string): unknown {
  try {
    const [, claims = ""] = token.split(".");
    return (JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as { iss?: unknown }).iss;
  } catch {
    return null;
  }
}
