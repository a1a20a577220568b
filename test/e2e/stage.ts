import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stores } from "../../src/engine/ports/index.ts";
import type { Trace } from "../../src/engine/trace.ts";
import {
  type RepositorySetup,
  type SandboxGitHub,
  startSandboxGitHub,
} from "../../src/sandbox/github/index.ts";
import { until } from "../../src/sandbox/github/waiting.ts";
import { readScenario, type Scenario } from "../../src/sandbox/scenario/scenario.ts";
import { type LogLine, ServiceProcess } from "../../src/sandbox/service-process.ts";
import { openPostgresStores } from "../../src/state/postgres/open.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { startPostgres } from "../support/postgres.ts";

export const SECRET = "sandbox";
export const REPO = "acme/shop";

/** Where the service keeps its state, and how to look into it once the service has ended. */
export interface Place {
  readonly env: Readonly<Record<string, string>>;
  open(): Promise<Stores>;
  remove(): Promise<void>;
}

export async function inDirectory(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "hishamos-e2e-"));
  return {
    env: { HISHAMOS_DATA_DIR: directory },
    open: () => openSqliteStores({ directory }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

export async function inPostgres(): Promise<Place> {
  const server = await startPostgres();
  const { url } = server;
  return {
    env: { DATABASE_URL: url },
    open: () => openPostgresStores({ url }),
    remove: () => server.stop(),
  };
}

export const places = [
  { name: "SQLite", make: inDirectory },
  { name: "Postgres", make: inPostgres },
];

export async function readBugLifecycle(): Promise<{
  readonly workflow: string;
  readonly scenario: Scenario;
}> {
  const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
  const workflow = await read("workflows-library/bug-lifecycle.yml");
  const parsed = readScenario(await read("src/sandbox/scenarios/bug-lifecycle.yml"), "bug-lifecycle.yml");
  if ("problems" in parsed) throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
  return { workflow, scenario: parsed.scenario };
}

export type Setup = Pick<RepositorySetup, "files" | "collaborators" | "labels">;

/** The real service as a process of its own, and the GitHub stand-in that it works for. */
export class Stage {
  readonly sandbox: SandboxGitHub;
  readonly service: ServiceProcess;
  /** Everything the service has logged, over all its lives. */
  readonly lines: LogLine[] = [];
  readonly #listeners = new Set<() => void>();
  #port = 0;

  private constructor(sandbox: SandboxGitHub, place: Place) {
    this.sandbox = sandbox;
    this.service = new ServiceProcess({
      env: {
        ...sandbox.environment(),
        WEBHOOK_SECRET: SECRET,
        HOST: "127.0.0.1",
        PORT: "0",
        LOG_LEVEL: "debug",
        // The stand-in has none.
        HISHAMOS_WRITE_LIMITS: "off",
        ...place.env,
      },
      onLine: (line) => {
        this.lines.push(line);
        for (const listener of this.#listeners) listener();
      },
    });
  }

  static async open(place: Place, setup: Setup): Promise<Stage> {
    const sandbox = await startSandboxGitHub();
    const [owner = "", name = ""] = REPO.split("/");
    sandbox.createRepository({ owner, name, ...setup });
    return new Stage(sandbox, place);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get webhookUrl(): string {
    return `${this.url}/api/github/webhooks`;
  }

  /** Starts the service, and has the stand-in deliver to it. */
  async start(): Promise<void> {
    this.#port = await this.service.start();
    this.sandbox.setWebhookTarget(this.webhookUrl, SECRET);
  }

  /** Calls back at every line and every change on the stand-in; the answer ends it. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.sandbox.on("change", listener);
    return () => {
      this.#listeners.delete(listener);
      this.sandbox.off("change", listener);
    };
  }

  /** Resolves to the predicate's first answer that is not null, undefined or false. */
  until<T>(what: string, predicate: () => T | Promise<T>, timeoutMs = 20_000) {
    return until(predicate, (listener) => this.watch(listener), { what, timeoutMs });
  }

  /** Every trace told so far, also those of executions taken up again. */
  get traces(): readonly Trace[] {
    return this.lines.flatMap(({ traces = [] }) => traces);
  }

  /** Until a step of an execution waits for somebody. */
  waits(step: string, execution?: string) {
    return this.until(`${step} to wait`, () =>
      this.traces.findLast(
        (trace) =>
          trace.kind === "step" &&
          trace.step === step &&
          trace.state === "waiting" &&
          (execution === undefined || trace.execution === execution),
      ),
    );
  }

  /** What came of a delivery, by its GUID, once it is processed. */
  outcome(guid: string): Promise<string> {
    return this.until(`delivery ${guid} to be processed`, () => {
      const line = this.lines.find(({ msg, delivery }) => msg === "delivery processed" && delivery === guid);
      return line && String(line["outcome"]);
    });
  }

  /** Comments of the App on an issue or pull request. */
  said(number: number): readonly string[] {
    return this.sandbox
      .comments(REPO, number)
      .flatMap(({ user, body }) => (user?.type === "Bot" ? [body ?? ""] : []));
  }

  /** The App's first comment there that matches. */
  says(number: number, pattern: RegExp): Promise<string> {
    return this.until(`a comment on #${number} like ${pattern}`, () =>
      this.said(number).find((body) => pattern.test(body)),
    );
  }

  async close(): Promise<void> {
    await this.service.kill();
    await this.sandbox.close();
  }
}

/** `state` as the sticky comment's title tells it. */
export function isShown(
  body: string,
  state: "running" | "paused" | "completed" | "failed" | "cancelled",
): boolean {
  return new RegExp(`^### .*: \\S+ ${state}$`, "m").test(body) && body.includes("```mermaid");
}
