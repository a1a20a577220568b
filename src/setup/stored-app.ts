import { randomBytes } from "node:crypto";
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ServiceProblem } from "../service-problems.ts";

/** What GitHub handed out for the App that the setup page made. */
export interface StoredApp {
  readonly id: number;
  readonly name: string;
  /** Its page on GitHub; `/installations/new` below it installs it. */
  readonly page: string;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** As `https://github.com` or `https://ghes.example:8443`. */
  readonly github: string;
  /** A smee channel through which its webhooks come; null where GitHub reaches the service itself. */
  readonly channel: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Of which any one says that the App is configured by the environment. */
const own = ["APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH", "WEBHOOK_SECRET"] as const;

export type Equipped =
  /** With the stored App where the environment names none; `path`: where from. */
  | { readonly env: Environment; readonly path: string | null }
  /** Neither the environment nor the directory has one. */
  | { readonly directory: string }
  | { readonly problem: ServiceProblem };

/** Where the service keeps what is its own, with Postgres too. */
export function dataDirectory(env: Environment): string {
  return resolve(env["HISHAMOS_DATA_DIR"] || ".hishamos-data");
}

/** The environment with the stored App's credentials, which any of its own variables for an App outdoes. */
export function withStoredApp(env: Environment): Equipped {
  if (own.some((name) => env[name])) return { env, path: null };
  const directory = dataDirectory(env);
  const stored = readStoredApp(directory);
  if (stored === null) return { directory };
  if ("problem" in stored) return stored;
  const { protocol, host } = new URL(stored.github);
  const elsewhere = env["GHE_HOST"] || stored.github === "https://github.com";
  return {
    path: storedPath(directory),
    env: {
      ...env,
      APP_ID: String(stored.id),
      PRIVATE_KEY: stored.privateKey,
      WEBHOOK_SECRET: stored.webhookSecret,
      ...(elsewhere ? {} : { GHE_HOST: host, GHE_PROTOCOL: protocol.slice(0, -1) }),
      ...(stored.channel !== null && !env["WEBHOOK_PROXY_URL"] ? { WEBHOOK_PROXY_URL: stored.channel } : {}),
    },
  };
}

export function storedPath(directory: string): string {
  return join(directory, "app.json");
}

/** Null where there is none. */
function readStoredApp(directory: string): StoredApp | { readonly problem: ServiceProblem } | null {
  const path = storedPath(directory);
  try {
    const app: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isStoredApp(app)) return app;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
  }
  return {
    problem: {
      code: "HOS703",
      message: `The App's credentials in ${path} can't be read.`,
      hint: "Bring the file back from a backup, set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET, or move it away to set up another App.",
    },
  };
}

function isStoredApp(value: unknown): value is StoredApp {
  if (typeof value !== "object" || value === null) return false;
  const app = value as Partial<Record<keyof StoredApp, unknown>>;
  const texts = [app.name, app.page, app.privateKey, app.webhookSecret, app.github];
  return (
    Number.isSafeInteger(app.id) &&
    texts.every((text) => typeof text === "string" && text !== "") &&
    URL.canParse(String(app.github)) &&
    (app.channel === null || typeof app.channel === "string")
  );
}

/** Makes the directory; says why nothing can be stored there, before GitHub hands out what it does only once. */
export function prepareDirectory(directory: string): ServiceProblem | null {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
    return null;
  } catch {
    return {
      code: "HOS701",
      message: `HISHAMOS_DATA_DIR is ${directory}, where nothing can be written`,
      hint: "Set it to a directory of the service's user: the App's credentials are kept there.",
    };
  }
}

/** Only whole, and only for the service's user to read. Throws as node:fs does. */
export function storeApp(directory: string, app: StoredApp): string {
  const path = storedPath(directory);
  const part = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(part, `${JSON.stringify(app, null, 2)}\n`, { mode: 0o600, flag: "wx", flush: true });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return path;
}
