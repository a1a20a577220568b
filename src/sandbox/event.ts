import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import { webhookEvents } from "../definition/catalogue.generated.ts";
import type { SandboxGitHub } from "./github/index.ts";
import type { RehearsalProblem } from "./problems.ts";

/** A webhook event to begin with, as GitHub (or GITHUB_EVENT_PATH) has it; only a few fields need to be there. */
export interface StartingEvent {
  /** As `issues`. */
  readonly name: string;
  /** `as given`: the payload is delivered, with what of the repository it leaves out. */
  readonly played: "as a deed" | "as given" | "by the clock";
  readonly payload: JsonObject;
  /** `owner/name`. */
  readonly repository: string;
  readonly sender: string;
}

/** Events that the stand-in makes happen, so that what they are about is there; others are delivered as they are given. */
const deeds: readonly string[] = ["issue_comment", "pull_request", "issues"];
/** Not a webhook: what the clock starts. */
const schedule = "schedule";

/** Reads an event file: a payload, or `{"event": NAME, "payload": {…}}`. The name is guessed from the payload where it is left out. */
export function readEvent(text: string, path: string): StartingEvent | RehearsalProblem {
  const value = readObject(text, path);
  if ("problem" in value) return value.problem;
  const { object } = value;
  const { event: named, payload } = object;
  if (typeof named === "string" && isObject(payload)) return eventOf(named, payload, path);
  const name = guess(object);
  if (name !== null) return eventOf(name, object, path);
  return {
    code: "HOS802",
    path,
    message: "does not say which event it is",
    hint: "Name it: --event push --payload FILE. Only issues, pull requests and comments are known by their payload.",
  };
}

/** The event of this name, with the payload of a file's text, or an empty one. */
export function namedEvent(
  name: string,
  payload: { readonly text: string; readonly path: string } | null,
): StartingEvent | RehearsalProblem {
  if (payload === null) return eventOf(name, {}, "--event");
  const value = readObject(payload.text, payload.path);
  return "problem" in value ? value.problem : eventOf(name, value.object, payload.path);
}

/** Whether `--event` takes this for a name and not for a file. */
export function isEventName(text: string): boolean {
  return /^[a-z_]+$/.test(text);
}

function eventOf(name: string, payload: JsonObject, path: string): StartingEvent | RehearsalProblem {
  if (name !== schedule && !webhookEvents.has(name)) {
    return {
      code: "HOS802",
      path,
      message: `there is no event ${JSON.stringify(name.slice(0, 100))}`,
      hint:
        didYouMean(name, [...webhookEvents.keys(), schedule]) ??
        "It takes a webhook event's name, or schedule.",
    };
  }
  return {
    name,
    played: name === schedule ? "by the clock" : deeds.includes(name) ? "as a deed" : "as given",
    payload,
    repository: textAt(payload, "repository", "full_name") ?? "sandbox/repository",
    sender: textAt(payload, "sender", "login") ?? "sender",
  };
}

function readObject(
  text: string,
  path: string,
): { readonly object: JsonObject } | { readonly problem: RehearsalProblem } {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problem: { code: "HOS802", path, message: `is not JSON: ${why}` } };
  }
  if (isObject(value)) return { object: value };
  const hint = "It takes a webhook's payload.";
  return { problem: { code: "HOS802", path, message: "is not a JSON object", hint } };
}

function guess(payload: JsonObject): string | null {
  if (isObject(payload["comment"])) return "issue_comment";
  if (isObject(payload["pull_request"])) return "pull_request";
  return isObject(payload["issue"]) ? "issues" : null;
}

export function textAt(value: JsonObject, ...path: readonly string[]): string | null {
  let at: Json | undefined = value;
  for (const key of path) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return typeof at === "string" ? at : null;
}

/** Logins that the event names, who must be known before it can happen. */
export function peopleOf({ payload, sender }: StartingEvent): readonly string[] {
  const author =
    textAt(payload, "issue", "user", "login") ?? textAt(payload, "pull_request", "user", "login");
  return [...new Set([sender, author ?? sender])];
}

/**
 * Makes the event happen on the stand-in, as the deed of its sender, so that the service hears GitHub's own words.
 * What must be there before (the issue that is labelled, the branch of the pull request) is made first, by its
 * author, and heard of too. Answers which issue or pull request it is about.
 */
export function makeHappen(
  sandbox: SandboxGitHub,
  event: StartingEvent,
): { readonly number: number; readonly isPull: boolean } {
  const { name, payload, repository: repo, sender } = event;
  const action = textAt(payload, "action");
  const about = payload[name === "pull_request" ? "pull_request" : "issue"];
  const subject = isObject(about) ? about : {};
  const author = textAt(subject, "user", "login") ?? sender;
  const label = textAt(payload, "label", "name");
  const labels = labelsOf(subject).filter((each) => each !== label);
  const title = textAt(subject, "title") ?? "Untitled";
  const body = textAt(subject, "body") ?? "";
  let number: number;
  if (name === "pull_request") {
    const branch = textAt(subject, "head", "ref") ?? "change";
    sandbox.as(author).push({
      repo,
      branch,
      message: title,
      files: { [`${branch.replaceAll("/", "-")}.txt`]: `${title}\n` },
    });
    number = sandbox.as(author).openPullRequest({ repo, head: branch, title, body }).number;
  } else {
    number = sandbox.as(author).openIssue({ repo, title, body }).number;
  }
  const at = { repo, number };
  const person = sandbox.as(sender);
  if (labels.length > 0) person.label(at, ...labels);
  if (name === "issue_comment") person.comment(at, textAt(payload, "comment", "body") ?? "");
  else if (action === "labeled" && label) person.label(at, label);
  else if (action === "closed") person.closeIssue(at);
  return { number, isPull: name === "pull_request" };
}

function labelsOf(subject: JsonObject): readonly string[] {
  const { labels } = subject;
  if (!Array.isArray(labels)) return [];
  return labels.flatMap((label: Json) => {
    const name = isObject(label) ? label["name"] : label;
    return typeof name === "string" ? [name] : [];
  });
}

/** The repository as payloads name it. */
export interface Place {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly installation: number | null;
}

/** The payload with the repository, installation and sender that are there; what it says of them itself gives way. */
export function payloadAt({ payload, sender }: StartingEvent, place: Place): JsonObject {
  const { id, owner, name, installation } = place;
  const given = payload["repository"];
  return {
    ...payload,
    repository: {
      default_branch: "main",
      private: false,
      ...(isObject(given) ? given : {}),
      id,
      name,
      full_name: `${owner}/${name}`,
      owner: { login: owner, type: "User" },
    },
    installation: { id: installation },
    sender: { type: "User", ...(isObject(payload["sender"]) ? payload["sender"] : {}), login: sender },
  };
}
