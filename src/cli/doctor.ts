import { parseArgs } from "node:util";
import { type Environment, readConfig, readState, readWithoutApp } from "../config.ts";
import type { Problem } from "../core/problem.ts";
import { appNeeds, withStoredApp } from "../setup/index.ts";
import { type Finding, ok, problem, skipped } from "./doctor/finding.ts";
import { checkApp, checkGitHub } from "./doctor/github.ts";
import { checkDirectory, checkNode, checkStore } from "./doctor/here.ts";
import { checkModel, checkService } from "./doctor/service.ts";
import { type Output, takeArguments } from "./usage.ts";

export const doctorUsage = `Usage: hishamos doctor [--model] [--json]

Looks at everything that the service needs, in the environment in which it is called: configuration, database, GitHub, the
App's permissions, events and webhook, its installations, the model, and the service where it runs. It changes nothing.
  --model  ask the model for one word, which may cost something
  --json   for programs: {"ok": …, "checks": [{"check", "state", "message", "wayOut"}]}
Exit code: 0 all is well, 1 there are problems, 2 wrong usage.
`;

export interface DoctorParts {
  readonly env?: Environment;
  /** This machine's time (ms since 1970 UTC). */
  readonly now?: () => number;
  readonly nodeVersion?: string;
}

/** Resolves to the exit code. */
export async function doctorCommand(
  args: readonly string[],
  io: Output,
  { env = process.env, now = Date.now, nodeVersion = process.versions.node }: DoctorParts = {},
): Promise<number> {
  const options = {
    help: { type: "boolean", short: "h" },
    model: { type: "boolean" },
    json: { type: "boolean" },
  } as const;
  const taken = takeArguments(doctorUsage, io, () => parseArgs({ args: [...args], options }));
  if ("exit" in taken) return taken.exit;
  const { json = false, model = false } = taken.values;
  const findings: Finding[] = [];
  for await (const finding of examine({ env, now, nodeVersion, model })) {
    findings.push(finding);
    if (!json) io.stdout(lineOf(finding));
  }
  const problems = findings.filter(({ state }) => state === "problem").length;
  if (json) io.stdout(`${JSON.stringify({ ok: problems === 0, checks: findings }, null, 2)}\n`);
  else if (problems > 0) io.stdout(`\n${problems === 1 ? "1 problem" : `${problems} problems`}.\n`);
  return problems === 0 ? 0 : 1;
}

const width = "data directory".length;

function lineOf({ check, state, message, wayOut }: Finding): string {
  const way = wayOut === null ? "" : `${" ".repeat(width + 11)}→ ${wayOut}\n`;
  return `${state.padEnd(8)} ${check.padEnd(width)}  ${message}\n${way}`;
}

interface Examined {
  readonly env: Environment;
  readonly now: () => number;
  readonly nodeVersion: string;
  readonly model: boolean;
}

/** From the near to the far: what fails first is often why the rest does. */
async function* examine({ env, now, nodeVersion, model }: Examined): AsyncGenerator<Finding, void> {
  yield checkNode(nodeVersion);
  const equipped = withStoredApp(env);
  const own = "env" in equipped ? equipped.env : env;
  const app = "env" in equipped ? readConfig(own) : null;
  const rest = readWithoutApp(own);
  const wrong = app !== null && "problems" in app ? app.problems : "problems" in rest ? rest.problems : [];
  yield* wrong.map(told);
  if ("problem" in equipped) yield told(equipped.problem);
  else if ("directory" in equipped) {
    const wayOut =
      "Run hishamos serve and open the link that it prints, or set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET.";
    yield problem("configuration", "No GitHub App is configured.", wayOut);
  } else if (wrong.length === 0) {
    const from = equipped.path === null ? "the environment" : equipped.path;
    yield ok("configuration", `It can be used; the App's credentials are from ${from}.`);
  }
  yield* checkDirectory(env);
  const kept = readState(env);
  if ("state" in kept) yield await checkStore(kept.state);
  if ("problems" in rest) {
    yield skipped("github", "Not asked while the configuration is wrong.");
    return;
  }
  const { config } = rest;
  const github = await checkGitHub(config.apiUrl, now);
  yield* github;
  const reached = github.some(({ check, state }) => check === "github" && state === "ok");
  if (app !== null && "config" in app && reached) yield* await checkApp(app.config, appNeeds());
  else yield skipped("app", "Not asked while what comes before is wrong.");
  yield await checkModel(config.model, model);
  yield await checkService(config);
}

function told({ code, message, hint }: Problem): Finding {
  return problem("configuration", `${code} ${message}`, hint ?? null);
}
