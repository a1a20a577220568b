import type { Trigger } from "../core/workflow.ts";
import { conditionInWords } from "./explain-condition.ts";
import { aOr } from "./explain-words.ts";

/** What starts the workflow, one sentence each, as `when the label bug is put on an issue`. */
export function triggerInWords(trigger: Trigger): string {
  const { condition, role, paths, branches, labels, event, own } = trigger;
  // With `labeled` the labels are of the event itself, and said with it.
  const ofSubject =
    labels.length > 0 && !trigger.types.includes("labeled") && !trigger.types.includes("unlabeled");
  const parts = [
    occurrence(trigger),
    ofSubject ? `on one labelled ${aOr(labels)}` : "",
    branches.length > 0 && event !== "push" ? `for the branch ${aOr(branches)}` : "",
    paths.length > 0 ? `that touches ${aOr(paths)}` : "",
    role === null || role === "none" ? "" : `by somebody with the role ${role} or above`,
    condition === null ? "" : `provided that ${conditionInWords(condition.source)}`,
  ].filter((part) => part !== "");
  const first = parts.join(", ").replace(/, (that touches|on one|by somebody)/g, " $1");
  return `${first}${own ? ", even if a workflow caused it" : ""}.`;
}

/** What becomes of a start by somebody from outside the team, or null where that makes no difference. */
export function strangersInWords({ outsiders, event }: Trigger): string | null {
  if (event === "schedule" || outsiders === "run") return null;
  return outsiders === "hold"
    ? "What a stranger causes waits until somebody of the team allows it."
    : "What a stranger causes is ignored.";
}

function occurrence({ event, types, labels, branches, command, schedule }: Trigger): string {
  switch (event) {
    case "schedule":
      return schedule ? `${scheduleInWords(schedule.cron)} (${schedule.timezone})` : "at its times";
    case "slash_command": {
      const words = command
        ? [`/${command.name}`, ...command.args.map((arg) => arg.toUpperCase())].join(" ")
        : "its command";
      const where =
        command && command.on.length === 1 && command.on[0] === "pull_request"
          ? "a pull request"
          : command && command.on.length === 1
            ? "an issue"
            : "an issue or a pull request";
      return `when somebody writes \`${words}\` on ${where}`;
    }
    case "dispatch":
      return "when it is called from outside";
    case "push":
      return `when somebody pushes${branches.length > 0 ? ` to ${aOr(branches)}` : ""}`;
    default: {
      if (types.length === 0) return `when GitHub tells of ${event}`;
      const said = types.map((type) => phrase(event, type, labels));
      return `when ${said.join(", or ")}`;
    }
  }
}

const things: ReadonlyMap<string, string> = new Map([
  ["issues", "an issue"],
  ["pull_request", "a pull request"],
  ["issue_comment", "a comment"],
  ["pull_request_review", "a review"],
  ["pull_request_review_comment", "a comment of a review"],
  ["release", "a release"],
  ["milestone", "a milestone"],
  ["check_run", "a check"],
  ["check_suite", "a check suite"],
  ["workflow_run", "a run of GitHub Actions"],
  ["deployment", "a deployment"],
  ["deployment_status", "a deployment's status"],
  ["discussion", "a discussion"],
  ["discussion_comment", "a comment of a discussion"],
  ["label", "a label"],
]);

function phrase(event: string, type: string, labels: readonly string[]): string {
  const thing = things.get(event) ?? event.replaceAll("_", " ");
  switch (type) {
    case "labeled":
      return `${labels.length > 0 ? `the label ${aOr(labels)}` : "a label"} is put on ${thing}`;
    case "unlabeled":
      return `${labels.length > 0 ? `the label ${aOr(labels)}` : "a label"} is taken from ${thing}`;
    case "synchronize":
      return `${thing} gets new commits`;
    case "review_requested":
      return `a review of ${thing} is asked for`;
    case "ready_for_review":
      return `${thing} is ready for review`;
    case "created":
      return event.includes("comment") ? `somebody writes ${thing}` : `${thing} is created`;
    case "completed":
    case "requested":
      return `${thing} is ${type}`;
    default:
      return `${thing} is ${type.replaceAll("_", " ")}`;
  }
}

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** The common forms in words; others as they are written. */
export function scheduleInWords(cron: string): string {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = cron.trim().split(/\s+/);
  const at =
    /^\d+$/.test(minute) && /^\d+$/.test(hour)
      ? `at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`
      : null;
  const every = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (month === "*" && day === "*" && weekday === "*") {
    if (at !== null) return `every day ${at}`;
    if (hour === "*" && every !== undefined) return `every ${every} minutes`;
    if (hour === "*" && /^\d+$/.test(minute)) return `every hour, ${minute} minutes past`;
  }
  if (at !== null && month === "*" && day === "*") {
    if (weekday === "1-5") return `on weekdays ${at}`;
    const named = weekday.split(",").map((each) => (/^[0-7]$/.test(each) ? (days[Number(each)] ?? "") : ""));
    if (named.every((name) => name !== "")) return `every ${named.join(" and ")} ${at}`;
  }
  if (at !== null && month === "*" && weekday === "*" && /^\d+$/.test(day))
    return `on day ${day} of every month ${at}`;
  return `at the times of \`${cron}\``;
}
