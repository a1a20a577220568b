import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { createInterface } from "node:readline";
import type { Trace } from "../engine/trace.ts";

/** One line of the service's log (pino's JSON). */
export interface LogLine {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  readonly port?: number;
  readonly traces?: readonly Trace[];
  readonly engineMs?: number;
  readonly [field: string]: unknown;
}

export interface ServiceProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: LogLine) => void;
  /** What the process runs instead of the server: a module that serves at once. */
  readonly main?: URL;
}

const startMs = 30_000;
// The same file beside us in the sources and in the build.
const server = new URL(import.meta.url.endsWith(".ts") ? "../server.ts" : "../server.js", import.meta.url);

/** The real service as its own process, so that it can be killed as an operating system kills. */
export class ServiceProcess {
  readonly #options: ServiceProcessOptions;
  #child: ChildProcess | null = null;
  #errors = "";
  #port: number | null = null;

  constructor(options: ServiceProcessOptions) {
    this.#options = options;
  }

  /** Resolves with the port once it listens; rejects with what it printed if it ends instead. */
  async start(): Promise<number> {
    this.#errors = "";
    // Started again it listens where it did before: that is where GitHub delivers.
    const port = this.#port === null ? {} : { PORT: String(this.#port) };
    // What this process or an earlier life has compiled need not be compiled again.
    const compiled = getCompileCacheDir();
    const cache = compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled };
    const child = spawn(process.execPath, [(this.#options.main ?? server).pathname], {
      env: { PATH: process.env["PATH"], NODE_ENV: "production", ...cache, ...this.#options.env, ...port },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-10_000);
    });
    return await new Promise<number>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the service did not start in time\n${this.#errors}`)),
        startMs,
      );
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`the service ended (${code ?? signal})\n${this.#errors}`));
      });
      createInterface({ input: child.stdout }).on("line", (text) => {
        const line = parse(text);
        if (!line) return;
        if (line.msg === "listening" && line.port !== undefined) {
          clearTimeout(timer);
          this.#port = line.port;
          resolve(line.port);
        }
        this.#options.onLine(line);
      });
    });
  }

  /** True while there is a process, frozen or not, that nothing here has ended. */
  get alive(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** What it wrote to its standard error so far. */
  get errors(): string {
    return this.#errors;
  }

  /** SIGKILL: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** SIGTERM: it saves what is under way and ends by itself. Resolves with its exit code; null: a signal ended it. */
  async stop(): Promise<number | null> {
    return await this.#end("SIGTERM");
  }

  /** SIGSTOP: it stands still as on a machine that is frozen, until SIGCONT. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child?.kill(name);
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }
}

function parse(text: string): LogLine | null {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return null;
  }
}
