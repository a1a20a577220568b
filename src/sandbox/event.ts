import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { SandboxGitHub } from "./github/index.ts";
import type { RehearsalProblem } from "./problems.ts";

/** A webhook event to begin with, as GitHub (or GITHUB_EVENT_PATH) has it; only a few fields need to be there. */
export interface StartingEvent {
  /** As `issues`. */
  readonly name: string;
  readonly payload: JsonObject;
  /** `owner/name`. */
  readonly repository: string;
  readonly sender: string;
}

const names = ["issue_comment", "pull_request", "issues"] as const;

/** Reads an event file: a payload, or `{"event": NAME, "payload": {…}}`. The name is guessed from the payload where it is left out. */
export function readEvent(text: string, path: string): StartingEvent | RehearsalProblem {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return {
      code: "HOS802",
      path,
      message: `is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (!isObject(value))
    return { code: "HOS802", path, message: "is not a JSON object", hint: "It takes a webhook's payload." };
  const wrapped = typeof value["event"] === "string" && isObject(value["payload"]);
  const payload = wrapped ? (value["payload"] as JsonObject) : value;
  const named = value["event"];
  const name = wrapped && typeof named === "string" ? named : guess(payload);
  if (!names.some((each) => each === name)) {
    return {
      code: "HOS802",
      path,
      message:
        name === null ? "does not say which event it is" : `is an event ${name}, which can't be played`,
      hint: `Give a payload with an issue, a pull_request or a comment: ${names.join(", ")}.`,
    };
  }
  return {
    name: name ?? "",
    payload,
    repository: textAt(payload, "repository", "full_name") ?? "sandbox/repository",
    sender: textAt(payload, "sender", "login") ?? "sender",
  };
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
