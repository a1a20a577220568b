import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatProblem } from "../core/problem.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../sandbox/github/index.ts";
import { Player } from "../sandbox/scenario/player.ts";
import { readScenario, type Scenario } from "../sandbox/scenario/scenario.ts";
import { ServiceProcess } from "../sandbox/service-process.ts";
import { Ledger } from "./ledger.ts";
import { narrate, plain } from "./narrate.ts";
import { outcomeOf, outcomeText, stickyOf } from "./outcome.ts";
import type { Output } from "./validate.ts";

const usage = `Usage: hishamos demo [--json]

Runs the Bug Lifecycle on a GitHub stand-in on this machine: people file a bug, triage, fix, review, test and deploy
it; the service is killed in the middle. Needs no network and no database.
Exit code: 0 if the issue is closed and the execution completed, 1 if not, 2 wrong usage.
`;
const workflowUrl = new URL("../../workflows-library/bug-lifecycle.yml", import.meta.url);
const scenarioUrl = new URL("../sandbox/scenarios/bug-lifecycle.yml", import.meta.url);
const timeoutMs = 60_000;
const secret = "sandbox";

export async function demoCommand(args: readonly string[], io: Output): Promise<number> {
  let json: boolean;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { json: { type: "boolean" }, help: { type: "boolean" } },
    });
    if (values.help) {
      io.stdout(usage);
      return 0;
    }
    json = values.json ?? false;
  } catch (error) {
    io.stderr(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  const directory = await mkdtemp(join(tmpdir(), "hishamos-demo-"));
  const sandbox = await startSandboxGitHub();
  try {
    return await play(sandbox, directory, json, io);
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function play(sandbox: SandboxGitHub, directory: string, json: boolean, io: Output): Promise<number> {
  const began = performance.now();
  const say = (who: string, what: string) => {
    if (json) return;
    const seconds = ((performance.now() - began) / 1000).toFixed(2).padStart(6);
    io.stdout(`${seconds}s  ${who.padEnd(9)} ${plain(what)}\n`);
  };
  const scenario = await setUp(sandbox);
  const ledger = new Ledger();
  let restarts = 0;
  const ended = Promise.withResolvers<void>();
  const service = new ServiceProcess({
    env: {
      ...sandbox.environment(),
      WEBHOOK_SECRET: secret,
      HOST: "127.0.0.1",
      PORT: "0",
      HISHAMOS_DATA_DIR: directory,
      // The stand-in has none.
      HISHAMOS_WRITE_LIMITS: "off",
    },
    onLine(line) {
      if (line.msg !== "saved") return;
      ledger.take(line);
      for (const trace of line.traces ?? []) {
        const text = narrate(trace);
        if (text !== null) say("hishamos", text);
        player.see(trace);
        if (trace.kind === "execution" && trace.state !== "running" && trace.state !== "paused")
          ended.resolve();
      }
    },
  });
  const connect = async () => {
    const port = await service.start();
    sandbox.setWebhookTarget(`http://127.0.0.1:${port}/api/github/webhooks`, secret);
  };
  const player = new Player({
    sandbox,
    scenario,
    tell: say,
    async restart() {
      say("demo", "kills the service with SIGKILL");
      await service.kill();
      restarts += 1;
      await connect();
      say("demo", "has started the service again");
    },
  });
  try {
    await connect();
    player.start();
    await within(timeoutMs, ended.promise, player);
    await settle(sandbox, scenario, player);
  } catch (error) {
    say("demo", `failed: ${error instanceof Error ? error.message : String(error)}`);
    if (service.errors) io.stderr(service.errors);
  } finally {
    await service.stop();
  }
  const { repository } = scenario;
  const { subject } = player;
  const durationMs = performance.now() - began;
  const outcome = outcomeOf(sandbox, { repository, subject, ledger, restarts, durationMs });
  if (json) io.stdout(`${JSON.stringify(outcome)}\n`);
  else io.stdout(outcomeText(outcome, ledger, stickyOf(sandbox, repository, subject), subject));
  return outcome.issue.state === "closed" && outcome.execution?.state === "completed" ? 0 : 1;
}

async function setUp(sandbox: SandboxGitHub): Promise<Scenario> {
  const read = readScenario(await readFile(scenarioUrl, "utf8"), "bug-lifecycle.yml");
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  const { scenario } = read;
  const [owner = "", name = ""] = scenario.repository.split("/");
  const workflow = await readFile(workflowUrl, "utf8");
  sandbox.createRepository({
    owner,
    name,
    collaborators: scenario.people,
    labels: ["bug"],
    files: { ".hishamos/bug-lifecycle.yml": workflow, ...scenario.files },
  });
  return scenario;
}

/** The end, a deed that failed, or the time limit: whichever comes first. */
async function within(ms: number, end: Promise<void>, player: Player): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const left = player.left.map(({ to }) => to).join(", ");
      reject(new Error(`not finished after ${ms / 1000} s; answers not given: ${left || "none"}`));
    }, ms);
  });
  let watch: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_, reject) => {
    watch = setInterval(() => void player.done().catch(reject), 200);
  });
  try {
    await Promise.race([end, late, failed]);
    await player.done();
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
  }
}

/** Until what people see is at the last state. */
async function settle(sandbox: SandboxGitHub, { repository }: Scenario, { subject }: Player): Promise<void> {
  // Its title; its table speaks of steps that are completed.
  const last = /^### .*: \S+ (?:completed|failed|cancelled)$/m;
  await sandbox.until(() => last.test(stickyOf(sandbox, repository, subject) ?? ""), {
    what: "the last state in the sticky comment",
  });
}
