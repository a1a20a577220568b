import type { Subject } from "../core/execution.ts";
import type { Trigger } from "../core/workflow.ts";
import { isAtLeast } from "./authorise.ts";
import type { Work } from "./room.ts";
import type { Cause } from "./triggers.ts";

/**
 * Login of the person on whose account a start has to be allowed first, or null where nobody has to be: the sender below
 * role triage or, for a pull request from a fork, its author. A label that the trigger names, put on by somebody from
 * triage up, speaks for the author; so does a trigger's own role, which the sender has by now.
 */
export async function outsiderOf(
  { room, happening, octokit }: Work,
  trigger: Trigger,
  cause: Cause,
  subject: Subject | null,
): Promise<string | null> {
  const { repository, sender } = happening;
  const isInsider = async (login: string) =>
    isAtLeast(await room.authoriser.roleOf(octokit, repository, login), "triage");
  if (trigger.role !== null && isAtLeast(trigger.role, "triage")) return null;
  // What we did ourselves was let in before, and a bot on the allowlist by whoever runs the server.
  if (cause === "person" && !(await isInsider(sender.login))) return sender.login;
  if (happening.event !== "pull_request" || subject === null || !subject.is_fork) return null;
  if (trigger.labels.length > 0 && happening.action === "labeled") return null;
  return (await isInsider(subject.author)) ? null : subject.author;
}
