import { parseDocument } from "yaml";
import { durationMs } from "../core/duration.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { ActionProblem } from "./problems.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const commands = ["validate", "run", "start"] as const;
export type Command = (typeof commands)[number];

/** What stands under `with:`, as action.yml explains it. */
export interface Inputs {
  readonly command: Command;
  readonly path: string;
  /** A file's name without its ending, as `bug-lifecycle`; null where none is given: `validate` needs none. */
  readonly workflow: string | null;
  readonly inputs: JsonObject;
  readonly subject: number | null;
  /** Null where none is given. */
  readonly token: string | null;
  /** The service's origin, as `https://hishamos.example`; null where none is given. */
  readonly url: string | null;
  readonly timeoutMs: number;
  readonly wait: boolean;
}

const defaultTimeouts: Readonly<Record<Command, string>> = { validate: "6h", run: "30m", start: "6h" };

/** The inputs as the runner gives them, by INPUT_ and the name in upper case; or every mistake in them. */
export function readInputs(
  env: Environment,
): { readonly inputs: Inputs } | { readonly problems: readonly ActionProblem[] } {
  const problems: ActionProblem[] = [];
  const wrong = (message: string, hint: string): null => {
    problems.push({ code: "HOS901", message, hint });
    return null;
  };
  const given = (name: string): string => (env[`INPUT_${name.toUpperCase()}`] ?? "").trim();
  const named = given("command") || "validate";
  const command =
    commands.find((each) => each === named) ??
    wrong(`the command ${quoted(named)} is unknown`, `It is one of ${commands.join(", ")}.`);
  const workflow = given("workflow").replace(/^\.hishamos\/|\.ya?ml$/g, "");
  if (workflow === "" && command !== null && command !== "validate")
    wrong(`the input workflow is missing`, "It is the file's name without its ending, as bug-lifecycle.");
  if (!/^[\w.-]*$/.test(workflow))
    wrong(`the workflow ${quoted(workflow)} is no name of a file`, "As bug-lifecycle.");
  const inputs = readMap(given("inputs"), wrong);
  const number = given("subject");
  if (!/^(?:[1-9]\d{0,14})?$/.test(number))
    wrong(`the subject ${quoted(number)} is no number`, "It is the number of an issue or a pull request.");
  const url = readUrl(given("url"), wrong);
  if (command === "start" && given("url") === "")
    wrong("the input url is missing", "It is the address of your service, its HISHAMOS_URL.");
  const length = given("timeout") || defaultTimeouts[command ?? "validate"];
  const timeoutMs = durationMs(length) || wrong(`the timeout ${quoted(length)} is no time`, "As 30m or 6h.");
  const waits = given("wait") || "true";
  if (waits !== "true" && waits !== "false") wrong(`wait is ${quoted(waits)}`, "It is true or false.");
  if (command === null || timeoutMs === null || problems.length > 0) return { problems };
  return {
    inputs: {
      command,
      path: given("path") || ".hishamos",
      workflow: workflow || null,
      inputs,
      subject: number === "" ? null : Number(number),
      token: given("token") || null,
      url,
      timeoutMs,
      wait: waits === "true",
    },
  };
}

type Wrong = (message: string, hint: string) => null;

function readMap(text: string, wrong: Wrong): JsonObject {
  if (text === "") return {};
  const hint = "It is a map in YAML or JSON, as `title: Broken`; a text with a colon in it stands in quotes.";
  const document = parseDocument(text, { prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake) {
    const line = text.slice(0, mistake.pos[0]).split("\n").length;
    wrong(`the input inputs is no YAML, in its line ${line}: ${mistake.message}`, hint);
    return {};
  }
  let value: Json;
  try {
    value = document.toJS() as Json;
  } catch (error) {
    // An alias too many, or one of nothing.
    wrong(`the input inputs can't be read: ${error instanceof Error ? error.message : "no map"}`, hint);
    return {};
  }
  if (isObject(value)) return value;
  wrong("the input inputs is no map", hint);
  return {};
}

/** A token goes there: in the open only on this machine itself. */
function readUrl(text: string, wrong: Wrong): string | null {
  if (text === "") return null;
  const url = URL.parse(text);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:"))
    return wrong(`the url ${quoted(text)} is no address`, "As https://hishamos.example.");
  if (url.protocol === "http:" && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
    return wrong(`the url ${quoted(text)} is not encrypted`, "A token is sent there: use https://.");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "")
    return wrong(
      `the url ${quoted(text)} is more than a service's address`,
      "As https://hishamos.example, without a path.",
    );
  return url.origin;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
