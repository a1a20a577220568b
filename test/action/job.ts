import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach } from "vitest";

/** What GitHub runs: the bundle that is committed. */
const entry = resolve("dist/index.js");

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

export interface JobOptions {
  /** What stands under `with:`; the defaults of action.yml are added. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly eventName?: string;
  readonly payload?: object;
  readonly repository?: { readonly id: number; readonly fullName: string };
  /** Files of the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  readonly actor?: string;
  readonly runId?: string;
  readonly runAttempt?: string;
  /** Added to the environment or, where undefined, taken away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Step {
  /** Resolves when a line of the log matches. Rejects with all that was said where the step ends without. */
  said(pattern: RegExp): Promise<string>;
  /** As the runner when the job is cancelled. */
  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly status: number | null;
  /** What was written to the log. */
  readonly log: string;
  /** The log's lines that the runner shows, without commands. */
  readonly lines: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  /** The job's summary, as HTML in Markdown. */
  readonly summary: string;
}

export interface Annotation {
  readonly level: string;
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: string;
  readonly col?: string;
}

/** Runs the action as a step of a job, as GitHub's runner does: https://github.com/actions/runner */
export function runStep(options: JobOptions): Step {
  const home = mkdtempSync(join(tmpdir(), "hishamos-action-"));
  closing.push(() => rmSync(home, { recursive: true, force: true }));
  const at = (name: string) => join(home, name);
  const workspace = at("work");
  mkdirSync(workspace);
  mkdirSync(at("temp"));
  for (const [path, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  writeFileSync(at("event.json"), JSON.stringify(options.payload ?? {}));
  for (const name of ["output", "summary"]) writeFileSync(at(name), "");
  const env = environment(options, at);
  const child = spawn(process.execPath, [entry], { cwd: workspace, env, stdio: ["ignore", "pipe", "pipe"] });
  closing.push(() => child.kill("SIGKILL"));

  let log = "";
  let wake = () => {};
  let over = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      wake();
    });
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<Ended>();
  child.once("close", (status) => {
    over = true;
    wake();
    const outputs = outputsIn(readFileSync(at("output"), "utf8"));
    end({ status, log, ...parsed(log), outputs, summary: readFileSync(at("summary"), "utf8") });
  });
  return {
    async said(pattern) {
      for (;;) {
        const line = log.split("\n").find((one) => pattern.test(one));
        if (line !== undefined) return line;
        if (over) throw new Error(`it has ended and never said ${pattern}:\n${log}`);
        await new Promise<void>((next) => {
          wake = next;
        });
      }
    },
    signal: (name) => void child.kill(name),
    ended,
  };
}

function environment(options: JobOptions, at: (name: string) => string): NodeJS.ProcessEnv {
  const { id, fullName } = options.repository ?? { id: 1_000, fullName: "acme/shop" };
  const inputs = { command: "validate", path: ".hishamos", wait: "true", ...options.inputs };
  const given = Object.entries(inputs).map(([name, value]) => [
    `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
    value,
  ]);
  return {
    PATH: process.env["PATH"],
    HOME: at("temp"),
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION: "hishamos",
    GITHUB_ACTOR: options.actor ?? "mona",
    GITHUB_API_URL: "https://api.github.com",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_EVENT_NAME: options.eventName ?? "workflow_dispatch",
    GITHUB_EVENT_PATH: at("event.json"),
    GITHUB_JOB: "hishamos",
    GITHUB_OUTPUT: at("output"),
    GITHUB_REF: "refs/heads/main",
    GITHUB_REPOSITORY: fullName,
    GITHUB_REPOSITORY_ID: String(id),
    GITHUB_REPOSITORY_OWNER: fullName.split("/")[0],
    GITHUB_RUN_ATTEMPT: options.runAttempt ?? "1",
    GITHUB_RUN_ID: options.runId ?? "17",
    GITHUB_SHA: "c0ffee".padEnd(40, "0"),
    GITHUB_STEP_SUMMARY: at("summary"),
    GITHUB_WORKSPACE: at("work"),
    RUNNER_TEMP: at("temp"),
    ...Object.fromEntries(given),
    ...options.env,
  };
}

function parsed(log: string): Pick<Ended, "lines" | "annotations"> {
  const lines: string[] = [];
  const annotations: Annotation[] = [];
  for (const line of log.split("\n").filter((one) => one !== "")) {
    // As the runner finds commands: after white space, too.
    const [, name, properties = "", message = ""] = /^\s*::([\w-]+)(?: (.*?))?::(.*)$/.exec(line) ?? [];
    if (name === undefined) lines.push(line);
    else if (/^(?:error|warning|notice)$/.test(name))
      annotations.push({ level: name, message: unescaped(message), ...propertiesOf(properties) });
  }
  return { lines, annotations };
}

function propertiesOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(",").filter((pair) => pair.includes("="));
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), unescaped(pair.slice(at + 1))];
    }),
  );
}

function unescaped(text: string): string {
  return decodeURIComponent(text.replace(/%(?!0A|0D|25|3A|2C)/g, "%25"));
}

/** `name<<delimiter`, the value's lines, `delimiter`. */
function outputsIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/^([^\n]+?)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name = "", , value = ""]) => [
      name,
      value,
    ]),
  );
}
