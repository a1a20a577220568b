import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../core/execution.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Started } from "../engine/ports/index.ts";
import { mayUse } from "./commands/permitted.ts";
import type { Definitions, WorkflowFile } from "./definitions.ts";
import { hasStatus } from "./failures.ts";
import type { Work } from "./room.ts";
import { commandUsers } from "./start.ts";
import { readSubject } from "./subject.ts";
import { subjectFiles } from "./subject-files.ts";

export interface Call {
  readonly file: WorkflowFile;
  readonly input: Readonly<Record<string, Json>>;
  /** What the workflow sees as its event. */
  readonly event: JsonObject;
  readonly occurrence: string;
}

/**
 * Starts a workflow that is called by its name, by the API or a job, about the happening's issue or pull request if it
 * has one. `refusal`: the caller may not.
 */
export async function startByCall(
  work: Work,
  definitions: Definitions,
  { file, input, event, occurrence }: Call,
): Promise<Started | { readonly refusal: string }> {
  const { room, happening, octokit } = work;
  const { repository, installation, sender, number, isPullRequest } = happening;
  const refusal = await mayUse(work, "run", file.workflow);
  if (refusal !== null) return { refusal };
  const present = number === null ? null : await readSubject(octokit, repository, number, isPullRequest);
  const now = await subjectFiles(work).fill(file.workflow, present);
  return await room.engine.start({
    workflow: file.workflow,
    text: file.text,
    files: file.files,
    commit: definitions.commit,
    repository,
    installation,
    subject: now?.subject ?? null,
    actor: sender.login,
    event,
    trigger: null,
    vars: definitions.config.vars,
    commands: commandUsers(definitions),
    hops: 0,
    held: null,
    input,
    occurrence,
  });
}

/** What the number stands for; null where nothing has it. */
export async function kindOf(
  octokit: Octokit,
  { owner, name }: RepositoryRef,
  number: number,
): Promise<{ readonly number: number; readonly isPullRequest: boolean } | null> {
  try {
    const { data } = await octokit.rest.issues.get({ owner, repo: name, issue_number: number });
    return { number, isPullRequest: data.pull_request !== undefined };
  } catch (error) {
    if (hasStatus(error, 404, 410)) return null;
    throw error;
  }
}
