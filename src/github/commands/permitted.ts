import type { Execution } from "../../core/execution.ts";
import { own as ownEntry } from "../../core/json.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { CommandName } from "../../definition/index.ts";
import type { Refusal } from "../authorise.ts";
import { usersFor } from "../command-users.ts";
import type { Work } from "../room.ts";

/** Who may use a command where neither the workflow nor the repository's config.yml says otherwise. */
const defaults: ReadonlyMap<string, readonly string[]> = new Map([
  ["status", ["role:read"]],
  ["explain", ["role:read"]],
  ["help", ["role:read"]],
  ["allow", ["role:triage"]],
]);

/**
 * Who may use the command, as in an approval's `from`; null where nobody has said so and it is as usual. For an execution
 * the settings count as they were when it started, as its definition does: what it shows of them stays true.
 */
export async function namedUsers(
  { room, happening, octokit }: Work,
  command: CommandName,
  workflow: Workflow | null,
  execution: Pick<Execution, "commands"> | null = null,
): Promise<readonly string[] | null> {
  const own = usersFor((name) => workflow?.commands.get(name), command);
  if (own !== undefined) return own;
  const settled = execution?.commands;
  if (settled !== undefined) return usersFor((name) => ownEntry(settled, name), command) ?? null;
  const definitions = await room.definitions.newest(octokit, happening.repository, happening.defaultBranch);
  return usersFor((name) => definitions?.config.commands.get(name), command) ?? null;
}

/** Whether the sender may use the command: by the workflow's `commands`, else the repository's, else the usual role. */
export async function mayUse(
  work: Work,
  command: CommandName,
  workflow: Workflow | null,
  execution: Execution | null = null,
): Promise<Refusal> {
  const { room, happening, octokit } = work;
  const from = (await namedUsers(work, command, workflow, execution)) ??
    defaults.get(command) ?? ["role:write"];
  return room.authoriser.mayCommand(octokit, happening.repository, happening.sender.login, from);
}

/** Whether the sender may use the command on this execution. Whoever's start is held never allows it himself. */
export async function mayCommand(work: Work, command: CommandName, execution: Execution): Promise<Refusal> {
  const { login } = work.happening.sender;
  if (command === "allow" && execution.held?.toLowerCase() === login.toLowerCase()) {
    return "it waits because of you, so somebody else has to allow it";
  }
  return mayUse(work, command, await work.room.engine.workflowOf(execution), execution);
}
