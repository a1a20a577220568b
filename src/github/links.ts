import { readPieces } from "./markdown.ts";

/**
 * Issue numbers of this repository that a pull request's title and body say it closes, by GitHub's closing keywords
 * (`fixes #3`, `Closes: owner/repo#3`, `resolves https://…/owner/repo/issues/3`). Code, quotes and HTML comments are not
 * read.
 * https://docs.github.com/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
 */
export function closedIssues(
  text: string,
  repository: { readonly owner: string; readonly name: string },
): readonly number[] {
  const here = `${repository.owner}/${repository.name}`.toLowerCase();
  const found = new Set<number>();
  for (const match of withoutCode(text).matchAll(reference)) {
    const { bare, named, number, urlNamed, urlNumber } = match.groups ?? {};
    const repo = named ?? urlNamed;
    if (repo !== undefined && repo.toLowerCase() !== here) continue;
    found.add(Number(bare ?? number ?? urlNumber));
  }
  return [...found].filter((number) => Number.isSafeInteger(number) && number > 0);
}

const repositoryName = String.raw`[\w-]{1,39}\/[\w.-]{1,100}`;
const reference = new RegExp(
  [
    String.raw`(?<![\w-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]{1,8}`,
    String.raw`(?:#(?<bare>\d{1,9})`,
    String.raw`|(?<named>${repositoryName})#(?<number>\d{1,9})`,
    String.raw`|https?:\/\/[^\s\/]{1,255}\/(?<urlNamed>${repositoryName})\/issues\/(?<urlNumber>\d{1,9})`,
    String.raw`)(?!\w)`,
  ].join(""),
  "gi",
);

function withoutCode(text: string): string {
  return readPieces(text)
    .flatMap((piece) => (piece.kind === "line" ? [piece.text.replaceAll(/`[^`]*`/g, "")] : []))
    .join("\n");
}
