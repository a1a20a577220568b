import { code } from "../neutralise.ts";
import type { Verdict } from "./judge.ts";
import type { Section } from "./section.ts";

/** A pull request, its head and what it is to be merged into. */
export interface Offered {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly baseName: string;
}

/** GitHub takes so many characters for summary and text each; counted in bytes, which are never fewer. */
const longest = 65_535;
const mostLoosened = 200;

/** The verdict on the head, and what the pull request changes. What lets more happen stands first, where nothing cuts it off. */
export function withChanges(verdict: Verdict, pull: Offered, sections: readonly Section[]): Verdict {
  const loosened = sections.flatMap(({ path, loosened: each }) =>
    each.map((change) => `- ${code(path)}: ${change}`),
  );
  const compared = `Compared with ${code(pull.baseName)} at ${pull.base.slice(0, 7)}, for #${pull.number}.`;
  const summary = [
    compared,
    "",
    ...(loosened.length > 0 ? ["**More is possible than before:**", "", ...withRest(loosened), ""] : []),
    ...sections.map(({ brief }) => `- ${brief}`),
    "",
    verdict.summary,
  ];
  const widened = loosened.length === 0 ? "" : `; ${loosened.length} widened`;
  return {
    ...verdict,
    title: `${verdict.title}${widened}`,
    summary: fitting(summary, "… and more files"),
    text: textOf(compared, sections),
  };
}

function withRest(lines: readonly string[]): readonly string[] {
  const rest = lines.length - mostLoosened;
  return rest > 0 ? [...lines.slice(0, mostLoosened), `- … and ${rest} more`] : lines;
}

/** Section after section: in full, without the drawing where that is too much, and from the one that does not fit a note. */
function textOf(compared: string, sections: readonly Section[]): string {
  let text = compared;
  for (const [index, section] of sections.entries()) {
    const rest = sections.length - index;
    const note = `\n\n… and ${rest} more ${rest === 1 ? "file" : "files"}: too much to be shown here.`;
    const fits = (more: string) => bytes(text) + bytes(more) + bytes(note) + 200 <= longest;
    const body = [section.heading, "", ...section.changes, ""];
    const full = paragraph([...body, ...section.replay, "", ...section.drawing]);
    const withoutDrawing = paragraph([...body, ...section.replay, "", "There is no room left to draw it."]);
    const found = [full, withoutDrawing].find(fits);
    if (found === undefined) return text + note;
    text += found;
  }
  return text;
}

function paragraph(lines: readonly string[]): string {
  return `\n\n${lines.join("\n").trimEnd()}`.replaceAll(/\n{3,}/g, "\n\n");
}

function fitting(lines: readonly string[], note: string): string {
  const kept: string[] = [];
  let room = longest - bytes(note) - 1;
  for (const line of lines) {
    room -= bytes(line) + 1;
    if (room < 0) return [...kept, note].join("\n");
    kept.push(line);
  }
  return kept.join("\n");
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
