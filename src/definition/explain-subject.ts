import type { CancelCause, Trigger, Workflow } from "../core/workflow.ts";
import { sentence } from "./explain-words.ts";

/** What a run is about, in words: `the issue`, `the issue or pull request`; null where nothing can be. */
export function subjectInWords({ triggers }: Pick<Workflow, "triggers">): string | null {
  const found = new Set(triggers.length === 0 ? either : triggers.flatMap(subjectsOf));
  if (found.size === 0) return null;
  return found.size === 2 ? "the issue or pull request" : `the ${[...found].join("")}`;
}

const either = ["issue", "pull request"] as const;

function subjectsOf({ event, command }: Trigger): readonly (typeof either)[number][] {
  switch (event) {
    case "issues":
      return ["issue"];
    case "pull_request":
    case "pull_request_review":
    case "pull_request_review_comment":
    case "pull_request_review_thread":
      return ["pull request"];
    case "slash_command":
      return command?.on.map((on) => (on === "issue" ? "issue" : "pull request")) ?? either;
    case "issue_comment":
    // A call may say what it is about.
    case "dispatch":
      return either;
    default:
      return [];
  }
}

/** `It is cancelled when …`, or null where nothing on GitHub cancels it. */
export function cancelInWords({
  cancelOn,
  triggers,
}: Pick<Workflow, "cancelOn" | "triggers">): string | null {
  const subject = subjectInWords({ triggers });
  if (subject === null) return null;
  const said = cancelOn.flatMap((cause) => causeInWords(cause, subject, triggers) ?? []);
  return said.length === 0 ? null : sentence(`it is cancelled when ${said.join(", or when ")}`);
}

function causeInWords(cause: CancelCause, subject: string, triggers: readonly Trigger[]): string | null {
  switch (cause) {
    case "closed":
      return `somebody closes ${subject}`;
    case "merged":
      return subject === "the issue" ? null : "the pull request is merged";
    case "unlabeled":
      return triggers.some(byLabel) ? "the label that started it is taken away" : null;
    default:
      return cause satisfies never;
  }
}

/** Without `types` GitHub's every activity of the event starts it. */
function byLabel({ event, types }: Trigger): boolean {
  if (event !== "issues" && event !== "pull_request") return false;
  return types.length === 0 || types.includes("labeled");
}
