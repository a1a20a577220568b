import type { Subject } from "../../core/execution.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Trigger, Workflow } from "../../core/workflow.ts";
import { inputsOf, readArguments } from "../commands/arguments.ts";
import { parseCommands } from "../commands/parse.ts";
import type { Happening } from "../happening.ts";
import { labelNames, listAt, numberAt, objectAt, textAt, valueAt } from "../payload.ts";
import { pushedFiles } from "../push.ts";
import { pullRequestIn, subjectRoot } from "../subject.ts";
import { type Cause, hears, type Occasion, stillHolds } from "../triggers.ts";

/** An event that really happened, and who caused it. */
export interface Kept {
  readonly happening: Happening;
  readonly by: Cause;
}

/** A start as the event asks for it. */
export interface Asked {
  readonly occurrence: string;
  readonly subject: Subject | null;
  readonly event: JsonObject;
  readonly input: JsonObject;
}

/** `reason`: why a trigger that names the event is not met; null where none does. */
export type Wanted = { readonly start: Asked } | { readonly start: null; readonly reason: string | null };

/** More triggers than these are no workflow of a person. */
const mostTriggers = 50;

/**
 * Whether the workflow wants to be started by the event, by what its payload alone tells. What GitHub would have to be asked
 * for (roles, the files of a pull request, what has changed since) is taken to be met.
 */
export function wantedBy(workflow: Workflow | null, { happening, by }: Kept, vars: JsonObject): Wanted {
  if (workflow === null) return { start: null, reason: null };
  const { event, action, payload, trimmed } = happening;
  // Nothing is started for a deleted branch.
  if (event === "push" && valueAt(payload, "deleted") === true) return { start: null, reason: null };
  const subject = subjectIn(happening);
  const occasion: Occasion = { event, action, payload, by };
  let reason: string | null = null;
  for (const trigger of workflow.triggers.slice(0, mostTriggers)) {
    const calls = trigger.command ? callsOf(trigger, happening, workflow) : [{ values: null, at: 0 }];
    for (const call of calls) {
      const heard = trigger.command ? { ...occasion, event: trigger.event, by: "person" as const } : occasion;
      if (!hears(trigger, heard)) continue;
      if (workflow.status !== "active") return { start: null, reason: "it is a draft" };
      if ("problem" in call) {
        reason = call.problem;
        continue;
      }
      const seen = call.values === null ? trimmed : { ...trimmed, args: call.values };
      const asked = { ...trigger, role: null, paths: event === "push" ? trigger.paths : [] };
      reason = stillHolds(asked, heard, presentOf(happening, subject, seen, vars));
      if (reason !== null) continue;
      const comment = numberAt(payload, "comment", "id");
      const own = call.values && {
        occurrence: `comment:${comment}:${call.at}:${workflow.stem}`,
        input: inputsOf(call.values, workflow),
      };
      return { start: { occurrence: happening.id, input: {}, ...own, subject, event: seen } };
    }
  }
  return { start: null, reason };
}

type Call =
  | { readonly values: JsonObject | null; readonly at: number }
  | { readonly problem: string; readonly at: number };

/** The workflow's own command, each time that a new comment of a person gives it. */
function callsOf(
  { command }: Trigger,
  { name, payload, sender, isPullRequest }: Happening,
  workflow: Workflow,
) {
  if (command === null || name !== "issue_comment.created" || sender.isBot) return [];
  if (!command.on.includes(isPullRequest ? "pull_request" : "issue")) return [];
  return parseCommands(textAt(payload, "comment", "body") ?? "").flatMap((parsed, at): readonly Call[] => {
    if (parsed.kind !== "custom" || parsed.word !== command.name) return [];
    const given = readArguments(parsed.rest, parsed.block, command.args, workflow);
    return "values" in given ? [{ values: given.values, at }] : [{ problem: "its arguments do not fit", at }];
  });
}

function presentOf(happening: Happening, subject: Subject | null, event: JsonObject, vars: JsonObject) {
  const { repository, sender, payload, receivedAt } = happening;
  const roots: ReadonlyMap<string, Json> = new Map<string, Json>([
    ["event", event],
    ["subject", subjectRoot(subject)],
    ["actor", sender.login],
    ["repo", { ...repository, full_name: `${repository.owner}/${repository.name}` }],
    ["vars", vars],
  ]);
  return {
    subject,
    state: subject && (subject.state === "open" ? ("open" as const) : ("closed" as const)),
    role: "none" as const,
    files: pushedFiles(payload),
    root: (name: string) => roots.get(name),
    now: receivedAt,
  };
}

/** The issue or pull request as it was at the event. */
function subjectIn({ payload, number, isPullRequest }: Happening): Subject | null {
  const pull = objectAt(payload, "pull_request");
  const about = pull ?? objectAt(payload, "issue");
  if (about === null || number === null) return null;
  const closed = textAt(about, "state") === "closed";
  return {
    type: isPullRequest ? "pull_request" : "issue",
    number,
    title: textAt(about, "title") ?? "",
    author: textAt(about, "user", "login") ?? "ghost",
    labels: labelNames(listAt(about, "labels")),
    url: textAt(about, "html_url") ?? "",
    head_sha: textAt(about, "head", "sha"),
    is_fork: pull !== null && numberAt(pull, "head", "repo", "id") !== numberAt(pull, "base", "repo", "id"),
    state: pullRequestIn(payload)?.state ?? (closed ? "closed" : "open"),
  };
}
