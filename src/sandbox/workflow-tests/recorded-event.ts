import type { Execution } from "../../core/execution.ts";
import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { TestEvent } from "../../definition/tests/index.ts";

/** The event that started the execution, as a test names it, or null where none did. */
export function eventOf({ event, actor }: Execution, { triggers }: Workflow): TestEvent | null {
  const name = nameOf(event, new Set(triggers.map((trigger) => trigger.event)));
  if (name === null) return null;
  const payload = short(name, event);
  return { name, payload: textAt(event, "sender", "login") === null ? payload : { ...payload, by: actor } };
}

/** The payload says what it is about, not what it is; the triggers say what it can be. */
function nameOf(event: JsonObject, heard: ReadonlySet<string>): string | null {
  const action = textAt(event, "action");
  const named = (name: string) => (action === null ? name : `${name}.${action}`);
  const likely: readonly (readonly [string, boolean])[] = [
    ["issue_comment", "comment" in event && "issue" in event],
    ["pull_request_review", "review" in event],
    ["pull_request", "pull_request" in event],
    ["issues", "issue" in event],
    ["push", "commits" in event || "head_commit" in event],
  ];
  // A slash command is a comment.
  const about = likely.find(
    ([name, has]) => has && (heard.has(name) || (name === "issue_comment" && heard.has("slash_command"))),
  );
  if (about) return named(about[0]);
  const other = [...heard].find(
    (name) => name in event || (action !== null && !likely.some(([one]) => one === name)),
  );
  return other === undefined || other === "schedule" || other === "dispatch" ? null : named(other);
}

/** Of GitHub's payload what a test needs: who, and what it is about. */
function short(name: string, event: JsonObject): JsonObject {
  const issue = own(event, "issue");
  const pull = own(event, "pull_request");
  const kept = ["label", "comment", "assignee", "review", "requested_reviewer"].flatMap(
    (key): [string, Json][] => {
      const value = own(event, key);
      if (!isObject(value)) return [];
      if (key === "review") return [[key, picked(value, ["state", "body"])]];
      const text = value["name"] ?? value["login"] ?? value["body"];
      return text === undefined ? [] : [[key, text]];
    },
  );
  if (/^(?:issues|issue_comment)\./.test(name) && isObject(issue))
    return { issue: aboutOf(issue), ...Object.fromEntries(kept) };
  if (/^pull_request(?:_review)?\./.test(name) && isObject(pull)) {
    const branch = textAt(pull, "head", "ref");
    return {
      pull_request: {
        ...aboutOf(pull),
        ...(branch === null ? {} : { branch }),
        ...(pull["merged"] === true ? { merged: true } : {}),
      },
      ...Object.fromEntries(kept),
    };
  }
  const { repository: _, sender: _sender, installation: _installation, action: _action, ...rest } = event;
  return rest;
}

function aboutOf(subject: JsonObject): JsonObject {
  const author = textAt(subject, "user", "login");
  const labels = names(own(subject, "labels"));
  const assignees = names(own(subject, "assignees"));
  return {
    ...picked(subject, ["title", "body"]),
    ...(author === null ? {} : { author }),
    ...(labels.length === 0 ? {} : { labels }),
    ...(assignees.length === 0 ? {} : { assignees }),
    ...(subject["state"] === "closed" ? { state: "closed" } : {}),
  };
}

/** What was there before: for a start that no event made, the issue it is about. */
export function sceneOf({ subject }: Execution, event: TestEvent | null): JsonObject {
  if (event !== null || subject?.type !== "issue") return {};
  const { title, author, labels } = subject;
  return { issues: [{ title, author, labels }] };
}

function picked(value: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const inner = own(value, key);
      return inner === undefined || inner === null ? [] : [[key, inner]];
    }),
  );
}

function names(list: Json | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).flatMap((item) => {
    const name = isObject(item) ? (item["name"] ?? item["login"]) : item;
    return typeof name === "string" ? [name] : [];
  });
}

function textAt(value: JsonObject, ...path: readonly string[]): string | null {
  let at: Json | undefined = value;
  for (const key of path) at = isObject(at) ? own(at, key) : undefined;
  return typeof at === "string" ? at : null;
}
