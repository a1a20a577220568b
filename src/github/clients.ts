import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { type Log, silentLog } from "../engine/ports/log.ts";
import { paced } from "./pacing/hook.ts";
import type { Urgency } from "./pacing/limits.ts";
import type { Pacing } from "./pacing/pacing.ts";
import { type Fetch, patientFetch } from "./transport.ts";
import { type Ungranted, ungrantedOf } from "./ungranted.ts";

export interface ClientOptions {
  readonly appId: number;
  /** PEM with real line breaks. */
  readonly privateKey: string;
  /** As `http://127.0.0.1:4000/api/v3`; undefined: api.github.com. */
  readonly baseUrl?: string | undefined;
  readonly userAgent?: string;
  readonly fetch?: Fetch;
  readonly log?: Log;
  /** How long one request may take, its answer's body included (default 20 s). */
  readonly timeoutMs?: number;
  /** By which tokens expire (ms since 1970 UTC); the system's clock unless given. */
  readonly now?: () => number;
  /** Who may write when; absent: whoever asks, at once. */
  readonly pacing?: Pacing;
}

/** What a token may do: nothing named means all that the installation grants. */
export interface Narrowing {
  readonly repositoryIds?: readonly number[];
  /** Names with underscores, as `pull_requests`. */
  readonly permissions?: Readonly<Record<string, "read" | "write">>;
}

export interface Clients {
  /** By which our App is known on what it made: its id; its slug where that is all that is known of it. */
  readonly appId: number | string;
  /** Login of who writes, where no App can be asked for it. */
  readonly login?: string;
  /** Speaks as the App itself (JWT): installations, deliveries, tokens. */
  app(): Octokit;
  /** Speaks as the installation, with a token no wider than the narrowing. What it writes is as urgent as said (`steps`). */
  installation(id: number, narrowing?: Narrowing, urgency?: Urgency): Octokit;
}

/**
 * Octokit for the App and its installations, without throttle and retry plugins: the one holds all
 * installations in a single bucket, the other repeats POSTs after a 5xx. Who writes looks before repeating.
 */
export function createClients(options: ClientOptions): Clients {
  const log = options.log ?? silentLog;
  const now = options.now ?? Date.now;
  const shared = {
    userAgent: options.userAgent ?? "hishamos",
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
    request: {
      fetch: patientFetch(options.fetch ?? fetch, options.timeoutMs ?? 20_000),
      log: octokitLog(log),
    },
    log: octokitLog(log),
  };
  const app = new Octokit({
    ...shared,
    authStrategy: createAppAuth,
    auth: { appId: options.appId, privateKey: options.privateKey },
  });
  const kept = new Map<string, Octokit>();

  return {
    appId: options.appId,
    app: () => app,
    installation(id, narrowing = {}, urgency = "steps") {
      const key = `${urgency} ${narrowingKey(id, narrowing)}`;
      const known = kept.get(key);
      if (known) return known;
      const octokit = new Octokit({
        ...shared,
        authStrategy: tokenStrategy,
        auth: { app, id, narrowing, now },
      });
      if (options.pacing) paced(octokit, { pacing: options.pacing, installation: id, urgency, now });
      if (kept.size >= maxClients) kept.delete(kept.keys().next().value ?? "");
      kept.set(key, octokit);
      return octokit;
    },
  };
}

const maxClients = 1_000;
const renewBeforeMs = 5 * 60_000;
/** A token just made may not have reached every replica of GitHub's: a 401 within this time is asked again. */
const freshForMs = 5_000;

/** A token that is narrower than was asked for is made anew after so long: people may accept the rest meanwhile. */
const lackingForMs = 60_000;

interface Token {
  readonly text: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** What of the narrowing the installation does not grant. */
  readonly ungranted?: Ungranted;
}

interface TokenOptions {
  readonly app: Octokit;
  readonly id: number;
  readonly narrowing: Narrowing;
  readonly now: () => number;
}

/** A request as Octokit hands it to an authentication strategy: everything merged but the token. */
interface Endpoint {
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/**
 * createAppAuth's own hook asks for an installation's token without `repositoryIds` and `permissions`
 * (auth-app 8.3, hook.js: `getInstallationAuthentication(state, {})`), so it would be as wide as the
 * installation. This one passes them on, and keeps each token until shortly before it expires.
 */
function tokenStrategy({ app, id, narrowing, now }: TokenOptions) {
  let held: Token | null = null;
  let making: Promise<Token> | null = null;

  async function token(): Promise<Token> {
    if (held && held.expiresAt - renewBeforeMs > now()) return held;
    // All that come while it is made wait for the same one.
    making ??= createToken({ app, id, narrowing, now }).finally(() => {
      making = null;
    });
    held = await making;
    return held;
  }

  async function hook(
    request: (endpoint: Endpoint) => Promise<unknown>,
    endpoint: Endpoint,
  ): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const used = await token();
      const headers = { ...endpoint.headers, authorization: `token ${used.text}` };
      try {
        return await request({ ...endpoint, headers });
      } catch (error) {
        if (used.ungranted && error instanceof Error) Object.assign(error, { ungranted: used.ungranted });
        // Refused for its token, so nothing was done: asking again is safe for writes too.
        if (statusOf(error) !== 401 || attempt === 3) throw error;
        const fresh = now() - used.createdAt < freshForMs;
        if (fresh) await new Promise((resolve) => setTimeout(resolve, attempt * 500));
        else if (held === used) held = null;
      }
    }
  }

  return Object.assign(token, { hook });
}

async function createToken(options: TokenOptions): Promise<Token> {
  try {
    return await askToken(options);
  } catch (error) {
    const { app, id, narrowing, now } = options;
    const notGranted = statusOf(error) === 422 && /not granted/i.test(String(error));
    if (!notGranted || !narrowing.permissions) throw error;
    const ungranted = await ungrantedOf(app, id, narrowing.permissions);
    if (ungranted === null) throw error;
    const narrower = { ...narrowing, permissions: ungranted.granted };
    const token = await askToken({ ...options, narrowing: narrower });
    return { ...token, expiresAt: now() + renewBeforeMs + lackingForMs, ungranted };
  }
}

async function askToken({ app, id, narrowing, now }: TokenOptions): Promise<Token> {
  const createdAt = now();
  const { data } = await app.rest.apps.createInstallationAccessToken({
    installation_id: id,
    ...(narrowing.repositoryIds && { repository_ids: [...narrowing.repositoryIds] }),
    ...(narrowing.permissions && { permissions: { ...narrowing.permissions } }),
  });
  return { text: data.token, createdAt, expiresAt: Date.parse(data.expires_at) };
}

function narrowingKey(id: number, { repositoryIds, permissions }: Narrowing): string {
  const repositories = repositoryIds && repositoryIds.toSorted((a, b) => a - b);
  const granted = permissions && Object.entries(permissions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([id, repositories ?? null, granted ?? null]);
}

function statusOf(error: unknown): number | null {
  return error instanceof Error && "status" in error && typeof error.status === "number"
    ? error.status
    : null;
}

/** Octokit tells every refused request as an error; here only whoever asked knows whether it is one. */
export function octokitLog(log: Log) {
  return {
    debug: () => {},
    info: () => {},
    warn: (message: string) => log.warn({ from: "octokit" }, message),
    error: (message: string) => log.debug({ from: "octokit" }, message),
  };
}
