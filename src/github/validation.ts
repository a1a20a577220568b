import type { RestEndpointMethodTypes } from "@octokit/rest";
import { formatProblem, type Problem } from "../core/problem.ts";
import type { Definitions } from "./definitions.ts";
import { code } from "./neutralise.ts";
import { pushedFiles, pushedHead } from "./push.ts";
import type { Work } from "./room.ts";

export const CHECK_NAME = "HishamOS / validate";
/** GitHub takes so many annotations in one request, and appends those of the next. */
const ANNOTATIONS_AT_ONCE = 50;
const MAX_ANNOTATIONS = 500;
const MAX_SUMMARY_LINES = 200;

type Annotation = NonNullable<
  NonNullable<RestEndpointMethodTypes["checks"]["create"]["parameters"]["output"]>["annotations"]
>[number];

export interface Verdict {
  readonly conclusion: "success" | "failure";
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

/** What the check run says about a commit's definitions. */
export function judge(definitions: Definitions): Verdict {
  const broken = definitions.files.flatMap((file) => ("problems" in file ? [file] : []));
  const problems = broken.flatMap((file) =>
    file.problems.map((problem) => ({ ...problem, path: file.path })),
  );
  const lines = definitions.files.slice(0, MAX_SUMMARY_LINES).map((file) => {
    if (!("problems" in file)) return `- ✅ ${code(file.path)}`;
    const [first] = file.problems;
    const count = `${file.problems.length} ${file.problems.length === 1 ? "problem" : "problems"}`;
    return `- ❌ ${code(file.path)}: ${count}${first ? `, first ${code(formatProblem(first))}` : ""}`;
  });
  const rest = definitions.files.length - lines.length;
  const title =
    definitions.files.length === 0
      ? "No definitions"
      : broken.length === 0
        ? `${definitions.files.length} valid`
        : `${problems.length} ${problems.length === 1 ? "problem" : "problems"} in ${broken.length} of ${definitions.files.length} files`;
  return {
    conclusion: broken.length === 0 ? "success" : "failure",
    title,
    summary: [
      ...(lines.length > 0 ? lines : ["There is no file in `.hishamos/`."]),
      ...(rest > 0 ? [`- … and ${rest} more`] : []),
    ].join("\n"),
    annotations: problems.slice(0, MAX_ANNOTATIONS).map(annotate),
  };
}

function annotate(problem: Problem & { readonly path: string }): Annotation {
  const line = problem.position?.line ?? 1;
  const column = problem.position?.column;
  const related = problem.related && `${problem.related.message} (line ${problem.related.position.line})`;
  return {
    path: problem.path,
    start_line: line,
    end_line: line,
    ...(column === undefined ? {} : { start_column: column, end_column: column }),
    annotation_level: "failure",
    title: problem.code,
    message: [problem.message, problem.hint, related]
      .filter(Boolean)
      .join(" ")
      .slice(0, 10_000)
      .toWellFormed(),
  };
}

/**
 * Validates `.hishamos/` at the head of a push that touches it, and says so in one check run on that commit: found again
 * by its external id, and gone on with at the annotation where an interrupted attempt stopped. Nothing read here ever
 * runs.
 */
export async function validatePush(work: Work): Promise<readonly string[]> {
  const { room, happening, octokit } = work;
  const { payload, repository } = happening;
  const head = pushedHead(payload);
  if (happening.event !== "push" || head === null) return [];
  if (!pushedFiles(payload).some((path) => path.startsWith(".hishamos/"))) return [];

  const verdict = judge(await room.definitions.at(octokit, repository, head));
  const place = { owner: repository.owner, repo: repository.name };
  const note = `validated ${head.slice(0, 7)}: ${verdict.title}`;
  const externalId = `validate:${head}`;
  const { data } = await octokit.rest.checks.listForRef({
    ...place,
    ref: head,
    check_name: CHECK_NAME,
    filter: "all",
    per_page: 100,
  });
  const before = data.check_runs.find((run) => run.external_id === externalId && run.app?.id === room.appId);
  if (before?.status === "completed") return [note];

  const { title, summary, annotations } = verdict;
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
      output: { title, summary, annotations: batch },
      request: { retries: 0 },
    };
    if (id === undefined) {
      const request = { ...body, name: CHECK_NAME, head_sha: head, external_id: externalId };
      id = (await octokit.rest.checks.create(request)).data.id;
    } else {
      await octokit.rest.checks.update({ ...body, check_run_id: id });
    }
    if (done) return [note];
  }
}
