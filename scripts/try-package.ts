// Packs the package, installs it into an empty folder as a stranger would, and uses it there: `npx hishamos init`,
// `validate`, `test`, `run` and `serve`. Ends with status 1 where anything of it fails.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandboxGitHub } from "../src/sandbox/github/index.ts";

const home = mkdtempSync(join(tmpdir(), "hishamos-package-"));
const folder = join(home, "team");
const longestMs = 60_000;

try {
  run(".", "npm", "pack", "--silent", "--pack-destination", home);
  const archive = readdirSync(home).find((file) => file.endsWith(".tgz"));
  if (archive === undefined) throw new Error("npm pack has made nothing");
  run(".", "mkdir", folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run(folder, "npm", "install", "--no-audit", "--no-fund", "--silent", join("..", archive));
  run(folder, "npx", "hishamos", "init", "bug-lifecycle");
  run(folder, "npx", "hishamos", "validate");
  run(folder, "npx", "hishamos", "test");
  run(folder, "npx", "hishamos", "explain", ".hishamos/bug-lifecycle.yml");
  writeFileSync(join(folder, "hello.yml"), "name: Hello\nsteps:\n  - { id: rest, delay: 1s }\n");
  run(folder, "npx", "hishamos", "run", "hello.yml");
  await firstServe();
  await serve();
  console.log("the package works where it is installed");
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** Throws with what it said where it does not end well. */
function run(cwd: string, command: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: 5 * longestMs,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}${stderr}`);
  console.log(`ok  ${command} ${args.join(" ")}`);
}

/** Without an App it prints the link to the page that makes one, lives, and ends at SIGTERM with status 0. */
async function firstServe(): Promise<void> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, HOST: "127.0.0.1", PORT: "0", HISHAMOS_DATA_DIR: join(home, "first") };
  await served(
    "without an App",
    env,
    "stderr",
    /^ {2}(http:\S+)\/setup\?key=(\S+)$/m,
    async ([, base, key]) => {
      await answers(`${base}/healthz`);
      await answers(`${base}/setup?key=${key}`);
    },
  );
}

/** The service listens, says that it is ready, and ends at SIGTERM with status 0. */
async function serve(): Promise<void> {
  const sandbox = await startSandboxGitHub();
  const env = {
    ...process.env,
    ...sandbox.environment(),
    WEBHOOK_SECRET: "secret",
    HOST: "127.0.0.1",
    PORT: "0",
    HISHAMOS_DATA_DIR: join(home, "data"),
  };
  await served("with one", env, "stdout", /"port":(\d+)/, ([, port]) =>
    answers(`http://127.0.0.1:${port}/readyz`),
  );
  await sandbox.close();
}

/** Starts the service, does something once it has printed a text, and stops it. */
async function served(
  what: string,
  env: NodeJS.ProcessEnv,
  stream: "stdout" | "stderr",
  text: RegExp,
  use: (printed: RegExpExecArray) => Promise<void>,
): Promise<void> {
  // Without npx in between, which would take the signal.
  const child = spawn(join(folder, "node_modules/.bin/hishamos"), ["serve"], { cwd: folder, env });
  const { promise: exited, resolve } = Promise.withResolvers<number | null>();
  child.once("exit", resolve);
  const late = setTimeout(() => child.kill("SIGKILL"), longestMs);
  let out = "";
  let err = "";
  const { promise: ready, resolve: isReady } = Promise.withResolvers<RegExpExecArray>();
  const look = () => {
    const printed = text.exec(stream === "stdout" ? out : err);
    if (printed) isReady(printed);
  };
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
    look();
  });
  child.stderr.on("data", (chunk) => {
    err += String(chunk);
    look();
  });
  const printed = await Promise.race([ready, exited]);
  if (printed === null || typeof printed === "number") throw new Error(`hishamos serve ended\n${out}${err}`);
  await use(printed);
  child.kill("SIGTERM");
  const code = await exited;
  clearTimeout(late);
  if (code !== 0) throw new Error(`hishamos serve ended with ${code}\n${out}${err}`);
  console.log(`ok  hishamos serve, ${what}`);
}

async function answers(url: string): Promise<void> {
  // The setup page gives the browser a cookie and sends it on.
  const { status } = await fetch(url, { redirect: "manual" });
  if (status >= 400) throw new Error(`${new URL(url).pathname} answered ${status}`);
}
