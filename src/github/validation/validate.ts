import type { Happening } from "../happening.ts";
import { numberAt, objectAt, textAt } from "../payload.ts";
import { pushedFiles, pushedHead } from "../push.ts";
import type { Work } from "../room.ts";
import { type ChangedFile, pairsOf } from "./changed.ts";
import { writeCheckRun } from "./check-run.ts";
import { judge } from "./judge.ts";
import { keptEvents, replay, timeFor } from "./replay.ts";
import { type Section, sectionOf } from "./section.ts";
import { judgedTests } from "./tests.ts";
import { type Offered, withChanges } from "./text.ts";

/** Validates `.hishamos/` at the head of a push that touches it. Nothing read here ever runs. */
export async function validatePush(work: Work): Promise<readonly string[]> {
  const { room, happening, octokit } = work;
  const { payload, repository } = happening;
  const head = pushedHead(payload);
  if (happening.event !== "push" || head === null) return [];
  if (!pushedFiles(payload).some(isOurs)) return [];
  const definitions = await room.definitions.at(octokit, repository, head);
  const verdict = judge([...definitions.files, ...(await judgedTests(work, definitions))]);
  await writeCheckRun(work, head, verdict);
  return [`validated ${head.slice(0, 7)}: ${verdict.title}`];
}

/**
 * The same for the head of a pull request, which may come from a fork; besides, what it changes of the definitions that its
 * base has, and what that would have made of the last real events. Nothing read here ever runs.
 */
export async function validatePullRequest(work: Work): Promise<readonly string[]> {
  const { room, happening, octokit } = work;
  const pull = offered(happening);
  if (pull === null) return [];
  const files = await changedDefinitions(work, pull.number);
  if (files.length === 0) return [];
  const { repository } = happening;
  const after = await room.definitions.at(
    octokit,
    repository,
    pull.head,
    isFromFork(happening) ? "public" : "installation",
  );
  const before = await room.definitions.at(octokit, repository, pull.base);
  const pairs = pairsOf(before, after, files);
  const versions = pairs.flatMap((pair) => (pair.kind === "workflow" ? [pair.versions] : []));
  const kept = await keptEvents(work, versions);
  const isOver = timeFor(work);
  const sections: Section[] = [];
  for (const pair of pairs) {
    const replayed =
      pair.kind === "workflow" && !pair.broken ? await replay(work, pair.versions, kept, isOver) : null;
    sections.push(sectionOf(pair, replayed));
  }
  const judged = judge([...after.files, ...(await judgedTests(work, after))]);
  const verdict = withChanges(judged, pull, sections);
  await writeCheckRun(work, pull.head, verdict);
  return [`compared ${pull.head.slice(0, 7)} with ${pull.baseName}: ${verdict.title}`];
}

/** The pull request whose head is new here; null for any other event. */
function offered({ event, action, payload }: Happening): Offered | null {
  if (event !== "pull_request") return null;
  const moved = action === "edited" && objectAt(payload, "changes", "base") !== null;
  if (!moved && !["opened", "synchronize", "reopened"].includes(action ?? "")) return null;
  const number = numberAt(payload, "pull_request", "number");
  const head = textAt(payload, "pull_request", "head", "sha");
  const base = textAt(payload, "pull_request", "base", "sha");
  const baseName = textAt(payload, "pull_request", "base", "ref");
  return number === null || head === null || base === null || baseName === null
    ? null
    : { number, head, base, baseName };
}

/** Also where the fork is gone: who wrote it is not known then. */
function isFromFork({ payload }: Happening): boolean {
  const head = numberAt(payload, "pull_request", "head", "repo", "id");
  return head === null || head !== numberAt(payload, "pull_request", "base", "repo", "id");
}

/** What it changes below `.hishamos/`, with the names that renamed files had. */
async function changedDefinitions(
  { happening, octokit }: Work,
  number: number,
): Promise<readonly ChangedFile[]> {
  const files = await octokit.paginate(octokit.rest.pulls.listFiles, {
    owner: happening.repository.owner,
    repo: happening.repository.name,
    pull_number: number,
    per_page: 100,
  });
  return files
    .map(({ filename, previous_filename: former }) => ({ path: filename, former: former ?? null }))
    .filter(({ path, former }) => isOurs(path) || (former !== null && isOurs(former)));
}

function isOurs(path: string): boolean {
  return path.startsWith(".hishamos/");
}
