import { formatProblem, inFull, type Problem } from "../core/problem.ts";

/** `github`: workflow commands, which a run of GitHub Actions shows as annotations of the lines. */
export const problemFormats = ["text", "json", "github"] as const;
export type ProblemFormat = (typeof problemFormats)[number];

/** The problem, the line it is in with a mark under its place, and the other place it speaks of. */
export function problemText(problem: Problem, text: string): string {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  const { position, related } = problem;
  const blocks = [formatProblem(problem)];
  if (position) blocks.push(excerpt(lines, position));
  if (related) {
    blocks.push(`  ${related.position.line}:${related.position.column} ${related.message}`);
    if (related.position.line !== position?.line) blocks.push(excerpt(lines, related.position));
  }
  return blocks.filter((block) => block !== "").join("\n");
}

const widest = 160;

function excerpt(
  lines: readonly string[],
  position: { readonly line: number; readonly column: number },
): string {
  const whole = lines[position.line - 1]?.replace(/\r$/, "");
  if (whole === undefined) return "";
  // Of a very long line the part around the place is shown.
  const from = position.column > widest ? position.column - widest / 2 : 0;
  const shown = clean(whole.slice(from, from + widest));
  const number = String(position.line);
  const margin = " ".repeat(number.length);
  const before = clean(whole.slice(from, position.column - 1)).replace(/[^\t]/gu, (character) =>
    // East Asian and emoji characters take two columns of a terminal.
    /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(
      character,
    )
      ? "  "
      : " ",
  );
  return `${margin} |\n${number} | ${shown}\n${margin} | ${before}^`;
}

/** Control characters of a stranger's file must not reach the terminal. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => (character === "\t" ? "\t" : "�"));
}

/**
 * `::error file=…,line=…,col=…,title=HOS204::message`.
 * Escapes as @actions/core's command.ts: `%` and line ends in the message, also `:` and `,` in properties.
 */
export function problemCommand(problem: Problem): string {
  const { path, position, code } = problem;
  const properties = [
    path !== undefined && `file=${escapeProperty(path)}`,
    position && `line=${position.line}`,
    position && `col=${position.column}`,
    `title=${escapeProperty(code)}`,
  ].filter(Boolean);
  return `::error ${properties.join(",")}::${escapeData(inFull(problem))}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
