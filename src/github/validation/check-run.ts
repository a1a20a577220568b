import type { Urgency } from "../pacing/index.ts";
import type { Work } from "../room.ts";
import type { Verdict } from "./judge.ts";

export const CHECK_NAME = "HishamOS / validate";
/** GitHub takes so many annotations in one request, and appends those of the next. */
const ANNOTATIONS_AT_ONCE = 50;

/**
 * Says the verdict in one check run on that commit: found again by its external id, and gone on with at the annotation
 * where an interrupted attempt stopped. One that is completed is changed only for a text that it does not have.
 */
export async function writeCheckRun(work: Work, head: string, verdict: Verdict): Promise<void> {
  const { room, happening, octokit } = work;
  const { repository } = happening;
  const place = { owner: repository.owner, repo: repository.name };
  const externalId = `validate:${head}`;
  const { data } = await octokit.rest.checks.listForRef({
    ...place,
    ref: head,
    check_name: CHECK_NAME,
    filter: "all",
    per_page: 100,
  });
  const before = data.check_runs.find((run) => run.external_id === externalId && run.app?.id === room.appId);
  const { title, summary, text, annotations } = verdict;
  if (before?.status === "completed" && (text === undefined || text === before.output.text)) return;

  let written = before?.output.annotations_count ?? 0;
  let id = before?.id;
  for (;;) {
    const batch = annotations.slice(written, written + ANNOTATIONS_AT_ONCE);
    written += batch.length;
    const done = written >= annotations.length;
    const body = {
      ...place,
      status: done ? ("completed" as const) : ("in_progress" as const),
      ...(done ? { conclusion: verdict.conclusion } : {}),
      output: { title, summary, ...(text === undefined ? {} : { text }), annotations: batch },
      // Whoever pushed waits for it, but not as for an answer.
      request: { retries: 0, urgency: "people" satisfies Urgency },
    };
    if (id === undefined) {
      const request = { ...body, name: CHECK_NAME, head_sha: head, external_id: externalId };
      id = (await octokit.rest.checks.create(request)).data.id;
    } else {
      await octokit.rest.checks.update({ ...body, check_run_id: id });
    }
    if (done) return;
  }
}
