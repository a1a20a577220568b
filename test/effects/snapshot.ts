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
  const places = [...issues, ...pulls].flatMap(({ number }) => {
    return [
      [`#${number}`, github.issue(repo, number)],
      [
        `#${number} timeline`,
        github
          .timeline(repo, number)
          .map(({ event }) => event)
          .toSorted(),
      ],
      ...github.comments(repo, number).map((one) => [`#${number} comment`, one]),
      ...github.reviews({ repo, number }).map((one) => [`#${number} review`, one]),
    ];
  });
  const runs = github.checkRuns(repo);
  const checks = runs.map((one, at) => {
    const newer = runs
      .slice(at + 1)
      .some(({ name, head_sha }) => name === one.name && head_sha === one.head_sha);
    return [newer ? "former check" : "check", one];
  });
  const files = ["a.txt", "new.txt"].map((path) => [path, github.file(repo, path) ?? null]);
  const all = [...places, ...pulls.map((one) => ["pull", one]), ...checks, ...listed, ...files];
  // What is tried again comes later than it else would.
  return all.map(([name, value]) => `${String(name)}: ${told(value)}`).toSorted();
}

/**
 * What one has and the other has not, in no order. A check run that was shown and replaced may be missing: of what comes
 * together only the newest is shown.
 */
export function differences(wanted: readonly string[], got: readonly string[]): readonly string[] {
  const without = (list: readonly string[], other: readonly string[]) => {
    const left = [...other];
    return list.filter((one) => {
      const at = left.indexOf(one);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  return [
    ...without(wanted, got).flatMap((one) => (one.startsWith("former check") ? [] : [`missing: ${one}`])),
    ...without(got, wanted).map((one) => `too much: ${one}`),
  ];
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
function told(value: unknown): string {
  const kept = (key: string, inner: unknown) =>
    key !== "external_id" && /^(?:id|url|_links|.*(?:_id|_url|_at))$/.test(key) ? undefined : inner;
  return (JSON.stringify(value, kept) ?? "")
    .replaceAll(/127\.0\.0\.1:\d+/g, "HOST")
    .replaceAll(/(issuecomment-|runs\/)\d+/g, "$1N")
    .replaceAll(/\b[0-9a-f]{7,80}\b/g, "HASH")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "TIME")
    .replaceAll(/\| (?:\d+ (?:d|h|min|s) ?)+\|/g, "| LONG |");
}
