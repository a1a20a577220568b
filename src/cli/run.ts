import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { readRequests } from "../config.ts";
import type { Json } from "../core/json.ts";
import { formatProblem, type Problem } from "../core/problem.ts";
import { loadWorkflow } from "../definition/index.ts";
import type { HttpOptions } from "../github/actions/index.ts";
import { isEventName, namedEvent, peopleOf, readEvent, type StartingEvent } from "../sandbox/event.ts";
import type { RehearsalProblem } from "../sandbox/problems.ts";
import { rehearse } from "../sandbox/rehearsal.ts";
import { readScenario, type Scenario } from "../sandbox/scenario/scenario.ts";
import { Ledger } from "./ledger.ts";
import { narrate, plain } from "./narrate.ts";
import { outcomeOf, outcomeText, stickyOf } from "./outcome.ts";
import type { Output } from "./validate.ts";

const usage = `Usage: hishamos run FILE [--event EVENT] [--payload FILE] [--input NAME=VALUE]… [--scenario FILE] [--json]

Runs a workflow on a GitHub stand-in on this machine; nothing leaves it but http.request, which is done, with secrets as
for the service (HISHAMOS_SECRETS); waits of days take no time.
  --event      what starts it: a file with a webhook's payload, or an event's name, as push or schedule
  --payload    the payload of the event that --event names
  --input      an input, for a workflow that no event starts
  --scenario   what people do meanwhile: YAML with start and answers
Exit code: 0 if the execution completed, 1 if not, 2 wrong usage.
`;

interface Given {
  readonly file: string;
  readonly event: string | null;
  readonly payload: string | null;
  readonly scenario: string | null;
  readonly input: Readonly<Record<string, Json>>;
  readonly json: boolean;
}

export async function runCommand(args: readonly string[], io: Output): Promise<number> {
  const given = readArguments(args);
  if (given === "help") {
    io.stdout(usage);
    return 0;
  }
  if (typeof given === "string") {
    io.stderr(`${given}\n\n${usage}`);
    return 2;
  }
  const read = await readFiles(given);
  if ("problems" in read) {
    io.stderr(`${read.problems.map(formatProblem).join("\n")}\n`);
    return read.exit;
  }
  const began = performance.now();
  const ledger = new Ledger();
  const say = (who: string, what: string) => {
    if (!given.json) io.stdout(`${who.padEnd(9)} ${plain(what)}\n`);
  };
  const rehearsed = await rehearse({
    ...read,
    input: given.input,
    tell: say,
    saved(line) {
      ledger.take(line);
      for (const trace of line.traces) {
        const text = narrate(trace);
        if (text !== null) say("hishamos", text);
      }
    },
  }).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  if (rehearsed instanceof Error) {
    io.stderr(`${rehearsed.message}\n`);
    return 1;
  }
  const { sandbox, repository, subject, note } = rehearsed;
  try {
    const durationMs = performance.now() - began;
    const outcome = outcomeOf(sandbox, { repository, subject, ledger, restarts: 0, durationMs });
    if (given.json) io.stdout(`${JSON.stringify(outcome)}\n`);
    else io.stdout(outcomeText(outcome, ledger, stickyOf(sandbox, repository, subject), subject));
    if (note !== null) io.stderr(`${note}\n`);
    return outcome.execution?.state === "completed" ? 0 : 1;
  } finally {
    await sandbox.close();
  }
}

function readArguments(args: readonly string[]): Given | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        event: { type: "string" },
        payload: { type: "string" },
        scenario: { type: "string" },
        input: { type: "string", multiple: true },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return "help";
    const [file, more] = positionals;
    if (file === undefined || more !== undefined) return "name one workflow file to run";
    const input: Record<string, Json> = {};
    for (const pair of values.input ?? []) {
      const at = pair.indexOf("=");
      if (at < 1) return `--input takes NAME=VALUE, not ${JSON.stringify(pair)}`;
      Object.defineProperty(input, pair.slice(0, at), {
        value: valueOf(pair.slice(at + 1)),
        enumerable: true,
      });
    }
    const { event = null, payload = null, scenario = null, json = false } = values;
    if (payload !== null && (event === null || !isEventName(event)))
      return "--payload needs the event's name: --event NAME --payload FILE";
    return { file, event, payload, scenario, input, json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** JSON where it is JSON, so that numbers are numbers, else the text itself. */
function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

interface Read {
  readonly path: string;
  readonly text: string;
  readonly event: StartingEvent | null;
  readonly requests: HttpOptions;
  readonly scenario: Scenario;
}

async function readFiles(
  given: Given,
): Promise<Read | { readonly problems: readonly Problem[]; readonly exit: 1 | 2 }> {
  const text = await readText(given.file);
  // A name has no ending; a file that has none is named with its directory: ./event.
  const named = given.event !== null && isEventName(given.event);
  const eventPath = named ? given.payload : given.event;
  const eventText = eventPath === null ? null : await readText(eventPath);
  const scenarioText = given.scenario === null ? "" : await readText(given.scenario);
  const missing = [text, eventText, scenarioText].filter(
    (each): each is Problem => each !== null && typeof each !== "string",
  );
  if (
    typeof text !== "string" ||
    typeof scenarioText !== "string" ||
    (eventText !== null && typeof eventText !== "string")
  ) {
    return { problems: missing, exit: 2 };
  }
  const path = `.hishamos/${basename(given.file)}`;
  const loaded = loadWorkflow(text, given.file);
  const event = startingEvent(given, eventText);
  const scenario = readScenario(scenarioText || "{}", given.scenario ?? "");
  const allowed = readRequests(process.env);
  const problems = [
    ...loaded.problems,
    ...(event && "code" in event ? [event] : []),
    ...("problems" in scenario ? scenario.problems : []),
    ...("problems" in allowed ? allowed.problems : []),
  ];
  if (problems.length > 0 || "problems" in scenario || "problems" in allowed || (event && "code" in event))
    return { problems, exit: 1 };
  const people = event ? Object.fromEntries(peopleOf(event).map((login) => [login, "admin" as const])) : {};
  return {
    path,
    text,
    event,
    requests: allowed.requests,
    scenario: {
      ...scenario.scenario,
      ...(event ? { repository: event.repository } : {}),
      people: { ...people, ...scenario.scenario.people },
    },
  };
}

/** `text`: that of the payload's or the event's file. */
function startingEvent(
  { event, payload }: Given,
  text: string | null,
): StartingEvent | RehearsalProblem | null {
  if (event === null) return null;
  if (!isEventName(event)) return readEvent(text ?? "", event);
  return namedEvent(event, text === null ? null : { text, path: payload ?? "" });
}

async function readText(path: string): Promise<string | Problem> {
  try {
    return await readFile(path, "utf8");
  } catch {
    const problem: RehearsalProblem = {
      code: "HOS803",
      path,
      message: "can't be read",
      hint: "Is there such a file?",
    };
    return problem;
  }
}
