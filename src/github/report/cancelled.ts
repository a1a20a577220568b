import type { Execution, TimelineEntry } from "../../core/execution.ts";
import type { CancelCause } from "../../core/workflow.ts";
import { code, neutralise } from "../neutralise.ts";
import { shortId } from "../room.ts";

/** Why it is or is being cancelled, as `it was superseded …`; empty where nothing is known of it. */
export function whyCancelled(execution: Execution): string {
  const { timeline } = execution;
  const round = timeline.slice(timeline.findLastIndex(({ what }) => what === "retry") + 1);
  // A second cancel only hurries the first.
  const entry = round.find(({ what }) => what === "cancel" || what.startsWith("cancel: "));
  return entry ? reasonOf(entry, execution) : "";
}

function reasonOf({ what, by, reason = "" }: TimelineEntry, execution: Execution): string {
  const newer = /^superseded by ([0-9a-f]{32})$/.exec(reason)?.[1];
  if (newer !== undefined) return `a newer start took its place, execution ${code(shortId(newer))}`;
  const who = by === null ? "" : ` by ${code(by)}`;
  const cause = /^cancel: (.*)$/.exec(what)?.[1];
  if (cause !== undefined) return `${causeOf(cause, execution)}${who}`;
  return `a cancel${who}${reason === "" ? "" : `: ${neutralise(reason, 300)}`}`;
}

const causes: Readonly<Record<CancelCause, string>> = {
  closed: "was closed",
  merged: "was merged",
  unlabeled: "lost the label that started it, taken off",
};

function causeOf(cause: string, { subject }: Execution): string {
  const about = subject?.type === "pull_request" ? "the pull request" : "the issue";
  return `${about} ${Object.hasOwn(causes, cause) ? causes[cause as CancelCause] : neutralise(cause)}`;
}
