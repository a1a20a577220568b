import type { RestEndpointMethodTypes } from "@octokit/rest";
import { formatProblem, inFull, type Problem } from "../../core/problem.ts";
import { code } from "../neutralise.ts";

const MAX_ANNOTATIONS = 500;
const MAX_SUMMARY_LINES = 200;

type Annotation = NonNullable<
  NonNullable<RestEndpointMethodTypes["checks"]["create"]["parameters"]["output"]>["annotations"]
>[number];

export interface Verdict {
  readonly conclusion: "success" | "failure";
  readonly title: string;
  readonly summary: string;
  /** What a pull request changes; absent for a push. */
  readonly text?: string;
  readonly annotations: readonly Annotation[];
}

/** A file of `.hishamos/`; valid where it has no problems. */
export type JudgedFile =
  | { readonly path: string }
  | { readonly path: string; readonly problems: readonly Problem[] };

/** What the check run says about the files of a commit. */
export function judge(unordered: readonly JudgedFile[]): Verdict {
  const files = unordered.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const broken = files.flatMap((file) => ("problems" in file ? [file] : []));
  const problems = broken.flatMap((file) =>
    file.problems.map((problem) => ({ ...problem, path: file.path })),
  );
  const lines = files.slice(0, MAX_SUMMARY_LINES).map((file) => {
    if (!("problems" in file)) return `- ✅ ${code(file.path)}`;
    const [first] = file.problems;
    const count = `${file.problems.length} ${file.problems.length === 1 ? "problem" : "problems"}`;
    return `- ❌ ${code(file.path)}: ${count}${first ? `, first ${code(formatProblem(first))}` : ""}`;
  });
  const rest = files.length - lines.length;
  const title =
    files.length === 0
      ? "No definitions"
      : broken.length === 0
        ? `${files.length} valid`
        : `${problems.length} ${problems.length === 1 ? "problem" : "problems"} in ${broken.length} of ${files.length} files`;
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
    message: [inFull(problem), related].filter(Boolean).join(" ").slice(0, 10_000).toWellFormed(),
  };
}
