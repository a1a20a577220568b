import { closeYounger } from "./duplicates.ts";
import { findMarked, isOurs, markerIn } from "./marker.ts";
import { numberAt, textAt } from "./payload.ts";
import { isOurOwn, type Work } from "./room.ts";

/** How long after another process has done its work a frozen one may come to do it again (ms). */
const latestMs = 24 * 60 * 60_000;

/**
 * What a process did that was frozen in the middle of it: another one had taken its work over, had looked, found nothing
 * and done it. Nobody looks any more when the first goes on; but GitHub tells of what it made. The younger ones go.
 */
export async function removeLate(work: Work): Promise<readonly string[]> {
  const { room, happening, octokit } = work;
  const { name, payload, number, receivedAt } = happening;
  const what = name === "issue_comment.created" ? "comment" : name === "issues.opened" ? "issue" : null;
  if (!room.shared || what === null || number === null || !(await isOurOwn(work))) return [];
  const mark = markerIn(textAt(payload, what, "body"));
  if (mark === null) return [];
  const place = { owner: happening.repository.owner, repo: happening.repository.name };
  const since = receivedAt - latestMs;
  if (what === "comment") {
    const own = numberAt(payload, "comment", "id");
    const kept = await findMarked(
      octokit,
      { ...place, number, appSlugOrId: room.appId, since, log: room.log },
      mark,
    );
    return kept === null || kept.id === own ? [] : [`removed a comment on #${number} that came late`];
  }
  const issues = await octokit.paginate(octokit.rest.issues.listForRepo, {
    ...place,
    creator: happening.sender.login,
    state: "all",
    since: new Date(since).toISOString(),
    per_page: 100,
  });
  const found = issues.filter((issue) => isOurs(issue, room.appId) && (issue.body ?? "").includes(mark));
  const closed = await closeYounger({ octokit, ...place, found, log: room.log });
  return closed === 0 ? [] : [`closed ${closed} issues that came late`];
}
