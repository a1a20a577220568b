import type { SandboxGitHub } from "../../src/sandbox/github/index.ts";

/** What a list of GitHub's is asked for; lists that are not there are left out. */
const lists = [
  "labels",
  "milestones?state=all",
  "releases",
  "git/matching-refs/heads",
  "git/matching-refs/tags",
  "actions/runs",
  "deployments",
  "commits/fix/statuses",
  "commits?sha=main",
] as const;

/** All that stands in the repository, in words that are the same in every run that did the same. */
export async function snapshot(github: SandboxGitHub, repo: string): Promise<readonly string[]> {
  const issues = github.issues(repo);
  const pulls = github.pullRequests(repo);
  const authorization = `token ${github.tokenFor("olga")}`;
  const listed = await Promise.all(
    lists.map(async (list) => {
      const answer = await fetch(`${github.url}/api/v3/repos/${repo}/${list}`, {
        headers: { authorization },
      });
      return answer.ok ? [list, await answer.json()] : [list, answer.status];
    }),
  );
  const places = [...issues, ...pulls].map(({ number }) => ({
    number,
    issue: github.issue(repo, number),
    comments: github.comments(repo, number),
    reviews: github.reviews({ repo, number }),
    timeline: github
      .timeline(repo, number)
      .map(({ event }) => event)
      .toSorted(),
  }));
  const files = ["a.txt", "new.txt"].map((path) => github.file(repo, path) ?? null);
  const all = { issues, pulls, places, checks: github.checkRuns(repo), listed, files };
  return Object.entries(all).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${withoutChance(JSON.stringify(one))}`),
  );
}

/** Hidden markers that stand in more than one comment or issue. */
export function doubleMarkers(github: SandboxGitHub, repo: string): readonly string[] {
  const places = [...github.issues(repo), ...github.pullRequests(repo)];
  const bodies = places.flatMap(({ number, body }) => [
    body ?? "",
    ...github.comments(repo, number).map((comment) => comment.body),
  ]);
  const markers = bodies.flatMap((body) => /<!-- hishamos:[0-9a-f]+ -->(?=\s*$)/.exec(body)?.[0] ?? []);
  return markers.filter((one, at) => markers.indexOf(one) !== at);
}

/** Without addresses, ids, hashes and times, which differ in every run. */
function withoutChance(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, "HOST")
    .replaceAll(/"(id|node_id|number_of_attempts)":("[^"]*"|\d+)/g, '"$1":0')
    .replaceAll(
      /(issuecomment-|pullrequestreview-|runs\/|comments\/|check-runs\/|jobs\/|releases\/|assets|suites\/|deployments\/|statuses\/|commits\/)[\w-]+/g,
      "$1N",
    )
    .replaceAll(/\b[0-9a-f]{7,80}\b/g, "HASH")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
}
