import * as core from "@actions/core";
import type { Json } from "../core/json.ts";
import { inFull, type Problem } from "../core/problem.ts";

/**
 * A line of the job's log. The runner obeys a line that begins with `::` or has `##[` in it, whoever's words it is: those are
 * broken apart. What would begin a new line becomes a space.
 */
export function say(line: string): void {
  const one = line
    // oxlint-disable-next-line no-control-regex -- these are what must not get through
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .replaceAll("##[", "## [")
    .replace(/^(\s*):(?=:)/, "$1: ");
  core.info(one);
}

/** An annotation of the run, where the problem has a place at that line of the file. GitHub shows ten of a step. */
export function annotate(problem: Problem): void {
  const { code, path, position } = problem;
  core.error(inFull(problem), {
    title: code,
    ...(path !== undefined && { file: path }),
    ...(position && { startLine: position.line, startColumn: position.column }),
  });
}

/** A problem that fails nothing, as an annotation. */
export function warn(problem: Problem): void {
  core.warning(inFull(problem), { title: problem.code });
}

/** What somebody who looks at the run is to know, as an annotation. */
export function notice(message: string): void {
  core.notice(message);
}

/** Ends the step as failed, each problem an annotation. */
export function fail(...problems: readonly Problem[]): void {
  for (const problem of problems) annotate(problem);
  process.exitCode = core.ExitCode.Failure;
}

/** The outputs that action.yml explains. */
export interface Outputs {
  readonly problems?: number;
  readonly execution?: string;
  readonly state?: string;
  readonly outputs?: Json;
  readonly url?: string;
}

export function setOutputs(outputs: Outputs): void {
  for (const [name, value] of Object.entries(outputs))
    core.setOutput(name, typeof value === "string" ? value : JSON.stringify(value));
}

/** A part of the job's summary: a heading, sentences, a table. All of it is shown as text, whatever it holds. */
export interface Summary {
  readonly heading: string;
  readonly sentences: readonly string[];
  readonly table?: { readonly heads: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly link?: { readonly text: string; readonly url: string };
}

/** GitHub drops a step's summary of more than a mebibyte. */
const mostRows = 500;
const longestCell = 1_000;

/** Appends to the job's summary; does nothing where the runner has none. */
export async function summarize({ heading, sentences, table, link }: Summary): Promise<void> {
  // Set by every runner that has summaries.
  if (!process.env["GITHUB_STEP_SUMMARY"]) return;
  core.summary.addHeading(escape(heading), 2);
  for (const sentence of sentences) core.summary.addRaw(`<p>${escape(sentence)}</p>`, true);
  if (link) core.summary.addLink(escape(link.text), escape(link.url)).addEOL();
  if (table && table.rows.length > 0) {
    const heads = table.heads.map((data) => ({ data, header: true }));
    core.summary.addTable([heads, ...table.rows.slice(0, mostRows).map((row) => row.map(escape))]);
    const more = table.rows.length - mostRows;
    if (more > 0) core.summary.addRaw(`<p>And ${more} more.</p>`, true);
  }
  await core.summary.write();
}

/** The summary is Markdown with HTML in it, and what it shows quotes what somebody wrote. */
function escape(text: string): string {
  const short = text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
  return short.replace(/[&<>"'`*_~[\]@#|\\\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
