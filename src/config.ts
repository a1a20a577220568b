import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type ModelConfig, parseModel } from "./agents/index.ts";
import type { Problem } from "./core/problem.ts";
import {
  grantedSecrets,
  grantsForm,
  type HttpOptions,
  isHeader,
  parseGrants,
  readHost,
} from "./github/actions/index.ts";
import { gitHubsLimits, type WriteLimits } from "./github/pacing/index.ts";
import type { ServiceProblem } from "./service-problems.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** All that the service is told from outside; the README's table is the reference. */
export interface Config {
  readonly app: { readonly id: number; readonly privateKey: string; readonly webhookSecret: string };
  readonly webhookPath: string;
  /** A smee channel through which webhooks come, for a machine that GitHub can't reach; null: they come by themselves. */
  readonly webhookProxyUrl: string | null;
  /** GitHub's REST root, or null for github.com. */
  readonly apiUrl: string | null;
  readonly http: { readonly host: string; readonly port: number };
  /** Postgres where given, else SQLite in the directory. */
  readonly state: { readonly databaseUrl: string } | { readonly directory: string };
  /** The language model that agents use, or null: then people are asked. */
  readonly model: ModelConfig | null;
  /** Logins of other bots whose events may start workflows, with or without `[bot]`. */
  readonly allowedBots: readonly string[];
  /** What `http.request` may reach, and the secrets that it may send. */
  readonly requests: HttpOptions;
  /** How many executions are worked on at once; the others wait in the queue. */
  readonly concurrency: number;
  /** How much GitHub takes from one installation; null: as much as comes. */
  readonly writeLimits: WriteLimits | null;
  /** How long executions are kept after their end (days). */
  readonly retentionDays: number;
  readonly api: {
    /** Speaks for the operator; null: nobody does, unless the start makes one. */
    readonly token: string | null;
    /** Under which the service is reached from outside, as `https://hishamos.example`; null where nobody has said. */
    readonly publicUrl: string | null;
  };
  /** Whether a repository without workflows gets a pull request with a first one, when the App is installed on it. */
  readonly onboarding: boolean;
  readonly logLevel: LogLevel;
}

/** Of a service for which no App is made yet. */
export interface Unequipped extends Omit<Config, "app"> {
  readonly app?: undefined;
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The environment as a Config, or every mistake in it at once. Secrets never appear in a message. */
export function readConfig(
  env: Environment,
): { readonly config: Config } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const app = readApp(env, toldIn(problems));
  const read = readWithoutApp(env);
  if ("problems" in read) problems.push(...read.problems);
  if (problems.length > 0 || "problems" in read || app === null) return { problems };
  return { config: { ...read.config, app } };
}

function readApp(env: Environment, wrong: Wrong): Config["app"] | null {
  const id = whole(env, "APP_ID", null, 1, Number.MAX_SAFE_INTEGER, wrong);
  const privateKey = readPrivateKey(env, wrong);
  const webhookSecret =
    env["WEBHOOK_SECRET"] ||
    wrong("WEBHOOK_SECRET", "is not set", "Set it to the secret in the App's webhook settings.");
  return id === null || !privateKey || !webhookSecret ? null : { id, privateKey, webhookSecret };
}

/** All but the App, which the setup page may be about to make. */
export function readWithoutApp(
  env: Environment,
): { readonly config: Unequipped } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const wrong = toldIn(problems);
  const port = whole(env, "PORT", 3000, 0, 65_535, wrong);
  const concurrency = whole(env, "HISHAMOS_CONCURRENCY", 100, 1, 10_000, wrong);
  const writeLimits = readWriteLimits(env, wrong);
  const retentionDays = whole(env, "HISHAMOS_RETENTION_DAYS", 90, 1, 3_650, wrong);
  const token = readToken(env, wrong);
  const publicUrl = readPublicUrl(env, wrong);
  const webhookPath = env["WEBHOOK_PATH"] || "/api/github/webhooks";
  if (!webhookPath.startsWith("/")) wrong("WEBHOOK_PATH", "must begin with /", "As /api/github/webhooks.");
  const webhookProxyUrl = readProxyUrl(env, wrong);
  const apiUrl = readApiUrl(env, wrong);
  const state = stateOf(env, wrong);
  const logLevel =
    logLevels.find((level) => level === (env["LOG_LEVEL"] || "info")) ??
    wrong("LOG_LEVEL", "is not a level", `One of ${logLevels.join(", ")}.`);
  const onboarding = env["HISHAMOS_ONBOARDING"] !== "off";
  if (!["", "on", "off"].includes(env["HISHAMOS_ONBOARDING"] ?? ""))
    wrong("HISHAMOS_ONBOARDING", `is ${JSON.stringify(env["HISHAMOS_ONBOARDING"])}`, "It takes on or off.");
  const allowedBots = readLogins(env, "HISHAMOS_ALLOWED_BOTS", wrong);
  const model = readModel(env, problems);
  const read = readRequests(env);
  if ("problems" in read) problems.push(...read.problems);
  if (
    problems.length > 0 ||
    "problems" in read ||
    port === null ||
    concurrency === null ||
    retentionDays === null ||
    !state ||
    !logLevel
  ) {
    return { problems };
  }
  return {
    config: {
      webhookPath,
      webhookProxyUrl,
      apiUrl,
      http: { host: env["HOST"] || "localhost", port },
      state,
      model,
      allowedBots,
      requests: read.requests,
      concurrency,
      retentionDays,
      writeLimits,
      api: { token, publicUrl },
      onboarding,
      logLevel,
    },
  };
}

function readProxyUrl(env: Environment, wrong: Wrong): string | null {
  const text = env["WEBHOOK_PROXY_URL"] || null;
  if (text === null || /^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
  return wrong("WEBHOOK_PROXY_URL", "is no channel's address", "As https://smee.io/abc.");
}

/** Long enough that nobody guesses it. */
function readToken(env: Environment, wrong: Wrong): string | null {
  const token = env["HISHAMOS_API_TOKEN"] || null;
  if (token === null || /^[\x21-\x7e]{20,500}$/.test(token)) return token;
  return wrong(
    "HISHAMOS_API_TOKEN",
    "is too short, or has characters that no header takes",
    "At least 20 letters, digits and signs, as `openssl rand -hex 32` makes them.",
  );
}

function readPublicUrl(env: Environment, wrong: Wrong): string | null {
  const text = env["HISHAMOS_URL"] || null;
  if (text === null) return null;
  const url = URL.parse(text);
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "";
  if (plain && url.username === "" && url.hash === "") return url.origin;
  return wrong(
    "HISHAMOS_URL",
    "is not the address of a service",
    "As https://hishamos.example, without a path.",
  );
}

/** `MINUTE/HOUR`, or `off`: a GitHub Enterprise Server limits what its administrators say. */
function readWriteLimits(env: Environment, wrong: Wrong): WriteLimits | null {
  const text = env["HISHAMOS_WRITE_LIMITS"] || "";
  if (text === "") return gitHubsLimits;
  if (text === "off") return null;
  const { minute, hour } = /^(?<minute>\d{2,5})\/(?<hour>\d{2,5})$/.exec(text)?.groups ?? {};
  if (minute !== undefined && hour !== undefined && Number(minute) >= 10 && Number(hour) >= Number(minute)) {
    return { perMinute: Number(minute), perHour: Number(hour) };
  }
  return wrong(
    "HISHAMOS_WRITE_LIMITS",
    `is ${JSON.stringify(text)}`,
    "As 80/500: a minute and an hour, 10 or more; or off.",
  );
}

/**
 * What the environment allows `http.request`, or every mistake in that: secrets in HISHAMOS_SECRETS with their values in
 * HISHAMOS_SECRET_<NAME>, hosts on the inside in HISHAMOS_HTTP_HOSTS.
 */
export function readRequests(
  env: Environment,
): { readonly requests: HttpOptions } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const wrong = toldIn(problems);
  const hosts = wordsOf(env["HISHAMOS_HTTP_HOSTS"]);
  const oddHost = hosts.find((host) => readHost(host) === null);
  if (oddHost !== undefined) {
    wrong("HISHAMOS_HTTP_HOSTS", `names ${JSON.stringify(oddHost)}`, "As ci.internal, 10.0.0.7:8080.");
  }
  const grants = parseGrants(env["HISHAMOS_SECRETS"] ?? "");
  if ("wrong" in grants) {
    wrong("HISHAMOS_SECRETS", `has ${JSON.stringify(grants.wrong)}`, grantsForm);
    return { problems };
  }
  const values = new Map<string, string>();
  for (const name of new Set(grants.map(({ secret }) => secret))) {
    const variable = `HISHAMOS_SECRET_${name}`;
    const value = env[variable];
    if (!value) {
      wrong(
        variable,
        "is not set, and HISHAMOS_SECRETS grants it",
        "Set it to the secret, or grant it no more.",
      );
    } else if (!isHeader("authorization", value)) {
      const hint = "It takes one line; what ends it may have come from a file.";
      wrong(variable, "has characters that HTTP does not allow in a header", hint);
    } else values.set(name, value);
  }
  if (problems.length > 0) return { problems };
  const allowHosts = hosts.flatMap((host) => readHost(host) ?? []);
  return { requests: { secrets: grantedSecrets(grants, values), allowHosts } };
}

/** What a workflow inside a job of GitHub Actions is told from outside, or every mistake in that. */
export function readJobConfig(
  env: Environment,
):
  | { readonly config: Pick<Config, "model" | "requests" | "writeLimits" | "allowedBots"> }
  | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const wrong = toldIn(problems);
  const writeLimits = readWriteLimits(env, wrong);
  const allowedBots = readLogins(env, "HISHAMOS_ALLOWED_BOTS", wrong);
  const model = readModel(env, problems);
  const read = readRequests(env);
  if ("problems" in read) return { problems: [...problems, ...read.problems] };
  return problems.length > 0
    ? { problems }
    : { config: { model, requests: read.requests, writeLimits, allowedBots } };
}

/** Where the environment says that state is kept, or what is wrong with that. */
export function readState(
  env: Environment,
): { readonly state: Config["state"] } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const state = stateOf(env, toldIn(problems));
  return state === null ? { problems } : { state };
}

type Wrong = (name: string, message: string, hint: string) => null;

function toldIn(problems: Problem[]): Wrong {
  return (name, message, hint) => {
    const problem: ServiceProblem = { code: "HOS701", message: `${name} ${message}`, hint };
    problems.push(problem);
    return null;
  };
}

/** Words between commas or spaces. */
function wordsOf(text: string | undefined): readonly string[] {
  return (text ?? "").split(/[\s,]+/).filter((word) => word !== "");
}

function whole(
  env: Environment,
  name: string,
  fallback: number | null,
  min: number,
  max: number,
  wrong: Wrong,
): number | null {
  const text = env[name];
  if (!text) return fallback ?? wrong(name, "is not set", "Set it to the number GitHub shows for the App.");
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  return wrong(name, `is ${JSON.stringify(text)}`, `It takes a whole number from ${min} to ${max}.`);
}

/** PEM, PEM with `\n` escapes, or base64 of a PEM, as Probot takes it; or a file by PRIVATE_KEY_PATH. */
function readPrivateKey(env: Environment, wrong: Wrong): string | null {
  const path = env["PRIVATE_KEY_PATH"];
  let text = env["PRIVATE_KEY"];
  const name = text ? "PRIVATE_KEY" : "PRIVATE_KEY_PATH";
  if (!text && !path)
    return wrong(
      "PRIVATE_KEY",
      "is not set",
      "Set it, or PRIVATE_KEY_PATH to the .pem file that GitHub gave you.",
    );
  if (!text && path) {
    try {
      text = readFileSync(path, "utf8");
    } catch {
      return wrong(
        name,
        `names ${path}, which can't be read`,
        "Set it to the .pem file that GitHub gave you.",
      );
    }
  }
  const given = (text ?? "").trim();
  const pem = given.includes("-----BEGIN")
    ? given.replaceAll("\\n", "\n")
    : Buffer.from(given, "base64").toString("utf8");
  try {
    createPrivateKey(pem);
    return pem;
  } catch {
    return wrong(
      name,
      "is not a private key",
      "It takes a PEM text, the same with \\n for line ends, or its base64.",
    );
  }
}

function readApiUrl(env: Environment, wrong: Wrong): string | null {
  const host = env["GHE_HOST"];
  if (!host) return null;
  const url = `${env["GHE_PROTOCOL"] || "https"}://${host}/api/v3`;
  // `https://ghes.example` as a host would give an address that parses, to the host `https`.
  const plain = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(host);
  if (plain && URL.canParse(url) && /^https?:/.test(url)) return url;
  return wrong(
    "GHE_HOST",
    `gives ${url}`,
    "GHE_HOST takes a host name with an optional port, GHE_PROTOCOL http or https.",
  );
}

function readLogins(env: Environment, name: string, wrong: Wrong): readonly string[] {
  const logins = wordsOf(env[name]);
  const odd = logins.find((login) => !/^[\w-]+(?:\[bot\])?$/.test(login));
  if (odd !== undefined) wrong(name, `names ${JSON.stringify(odd)}`, "As dependabot, renovate[bot].");
  return logins;
}

function readModel(env: Environment, problems: Problem[]): ModelConfig | null {
  const text = env["HISHAMOS_MODEL"];
  if (!text) return null;
  const model = parseModel(text, env);
  if (!("code" in model)) return model;
  problems.push(model);
  return null;
}

function stateOf(env: Environment, wrong: Wrong): Config["state"] | null {
  const databaseUrl = env["DATABASE_URL"];
  if (!databaseUrl) return { directory: resolve(env["HISHAMOS_DATA_DIR"] || ".hishamos-data") };
  if (URL.canParse(databaseUrl) && /^postgres(ql)?:$/.test(new URL(databaseUrl).protocol))
    return { databaseUrl };
  return wrong(
    "DATABASE_URL",
    "is not a Postgres address",
    "As postgres://user:password@host:5432/database.",
  );
}
