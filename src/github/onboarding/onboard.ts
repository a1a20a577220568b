import { readFileSync } from "node:fs";
import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../../core/execution.ts";
import type { Delivery } from "../../engine/ports/index.ts";
import { hasStatus, readFailure } from "../failures.ts";
import { listAt, numberAt, textAt } from "../payload.ts";
import { proposeFile, pullRequestOf } from "../propose-file.ts";
import type { Room } from "../room.ts";
import { firstWorkflow, onboardingBody, onboardingTitle } from "./text.ts";

/** The same for ever: by it is found that a repository had its pull request, however that ended. */
export const onboardingBranch = "hishamos/onboarding";
/** An organisation may be installed with all that it has; nobody wants that many pull requests at once. */
export const mostAtOnce = 10;

/** The lists of a payload that name repositories on which the App has just been installed. */
const lists: ReadonlyMap<string, string> = new Map([
  ["installation.created", "repositories"],
  ["installation_repositories.added", "repositories_added"],
]);

/**
 * Offers a first workflow to repositories on which the App has just been installed and that have no `.hishamos/`: by a pull
 * request, once for ever. Says what it did; nothing for other deliveries. Rejects where a failure may pass by itself.
 */
export async function onboard(room: Room, { event, payload }: Delivery): Promise<readonly string[]> {
  const list = lists.get(`${event}.${textAt(payload, "action") ?? ""}`);
  const installation = numberAt(payload, "installation", "id");
  if (room.onboarding !== true || list === undefined || installation === null) return [];
  const notes: string[] = [];
  let offered = 0;
  for (const repository of repositoriesIn(listAt(payload, list))) {
    if (offered === mostAtOnce) {
      notes.push(`a first workflow was offered to ${mostAtOnce} repositories, and to no more`);
      break;
    }
    const narrowing = { repositoryIds: [repository.id] };
    const octokit = room.clients.installation(installation, narrowing, "news");
    try {
      const made = await offer(octokit, repository);
      if (made === null) continue;
      offered += 1;
      notes.push(`a first workflow is offered to ${repository.owner}/${repository.name} by #${made}`);
    } catch (error) {
      const failure = readFailure(error, room.clock.now());
      if (failure.transient) throw error;
      // A rule against such branches, or a permission that is not granted: that is for its people to say.
      room.log.warn({ repository, err: error }, "a first workflow could not be offered");
      notes.push(`${repository.owner}/${repository.name} takes no pull request: ${failure.message}`);
    }
  }
  return notes;
}

/** The pull request's number; null where none is due. */
async function offer(octokit: Octokit, { owner, name }: RepositoryRef): Promise<number | null> {
  const repo = { owner, repo: name };
  const { data: known } = await octokit.rest.repos.get(repo);
  if (known.archived || known.disabled || known.fork) return null;
  const place = { owner, name, defaultBranch: known.default_branch };
  if (await pullRequestOf(octokit, place, onboardingBranch)) return null;
  const tip = { ...repo, ref: `heads/${place.defaultBranch}` };
  // Of an empty repository there is nothing that a pull request could change.
  if (!(await isThere(() => octokit.rest.git.getRef(tip)))) return null;
  if (await isThere(() => octokit.rest.repos.getContent({ ...repo, path: ".hishamos" }))) return null;
  const hasLabel = await isThere(() => octokit.rest.issues.getLabel({ ...repo, name: firstWorkflow.label }));
  const { number } = await proposeFile(octokit, place, {
    branch: onboardingBranch,
    path: firstWorkflow.path,
    text: readFileSync(firstWorkflow.source, "utf8"),
    title: onboardingTitle,
    body: onboardingBody(hasLabel),
  });
  return number;
}

/** 409 is what git's data of an empty repository is answered with. */
async function isThere(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (hasStatus(error, 404, 409)) return false;
    throw error;
  }
}

function repositoriesIn(list: ReturnType<typeof listAt>): readonly RepositoryRef[] {
  return list.flatMap((one) => {
    const id = numberAt(one, "id");
    const [owner, name] = textAt(one, "full_name")?.split("/") ?? [];
    return id === null || !owner || !name ? [] : [{ id, owner, name }];
  });
}
