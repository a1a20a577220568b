import type { Change } from "../../definition/compare/index.ts";
import { mermaid } from "../../definition/index.ts";
import { code } from "../neutralise.ts";
import type { Pair } from "./changed.ts";
import type { Replay } from "./replay.ts";

/** What is said of one definition, in parts that can be left out where there is too much. */
export interface Section {
  readonly path: string;
  readonly heading: string;
  readonly changes: readonly string[];
  /** Those of the changes that let more happen. */
  readonly loosened: readonly string[];
  readonly replay: readonly string[];
  readonly drawing: readonly string[];
  /** In one line. */
  readonly brief: string;
}

const mostChanges = 100;
const longestDrawing = 20_000;

export function sectionOf(pair: Pair, replayed: Replay | null): Section {
  const { path, former, changes } = pair;
  const heading = `### ${code(path)}${formerText(former)}`;
  const sorted = changes.toSorted((a, b) => Number(b.loosens) - Number(a.loosens));
  const lines = sorted.slice(0, mostChanges).map((change) => `- ${changeText(change)}`);
  const rest = changes.length - lines.length;
  const loosened = changes.filter(({ loosens }) => loosens).map(changeText);
  const told = pair.broken === null && former?.was !== "removed";
  return {
    path,
    heading,
    changes: [
      ...(told ? ["**Changes**", ""] : []),
      ...(pair.broken === null ? [] : [brokenText(pair.broken)]),
      ...(pair.kind === "agent" && pair.users.length > 0 ? [usersText(pair.users), ""] : []),
      ...lines,
      ...(rest > 0 ? [`- … and ${rest} more`] : []),
      ...(told && changes.length === 0 ? ["Nothing that matters to what it does."] : []),
    ],
    loosened,
    replay: replayed ? replayText(replayed) : [],
    drawing: drawingOf(pair),
    brief: [
      code(path) + formerText(former),
      pair.broken === null
        ? `${changes.length} ${changes.length === 1 ? "change" : "changes"}`
        : "not compared",
      ...(replayed && replayed.lines.length > 0
        ? [`${replayed.differing} of ${replayed.lines.length} events go another way`]
        : []),
    ].join(": "),
  };
}

function formerText(former: Pair["former"]): string {
  if (former === null) return "";
  if (former.was === "renamed") return ` (renamed from ${code(former.path)})`;
  return former.was === "nothing" ? " (new)" : " (removed)";
}

function brokenText(which: "before" | "after"): string {
  return which === "after"
    ? "It is not valid, so there is nothing to compare: see the annotations."
    : "What it replaces was not valid, so there is nothing to compare it with.";
}

function usersText(users: readonly string[]): string {
  const shown = users.slice(0, 20).map((path) => code(path));
  const rest = users.length - shown.length;
  return `Used by ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}

/** `**\`contents: write\`** (was \`read\`)`: bold where more is possible than before. */
export function changeText({ part, name, before, after, loosens }: Change): string {
  const at = places[part] + name;
  const [was, is] = excerpts(before, after);
  const bold = (text: string) => (loosens ? `**${text}**` : text);
  if (after === null) return `${bold(`${code(at)} is gone`)} (was ${code(was)})`;
  if (part === "on" && name === after) return `${bold(code(`on ${name}`))} (new)`;
  const now = bold(code(`${at}: ${is}`, 300));
  return before === null ? `${now} (new)` : `${now} (was ${code(was)})`;
}

const places = {
  permissions: "",
  workflow: "",
  on: "on ",
  inputs: "input ",
  commands: "command ",
  agents: "agent ",
  workflows: "runs ",
  steps: "step ",
  vars: "vars.",
} as const satisfies Record<Change["part"], string>;

const excerpt = 120;
const context = 20;

/** Both texts, of long ones what is around their first difference. */
function excerpts(before: string | null, after: string | null): readonly [string, string] {
  const [was, is] = [before ?? "", after ?? ""];
  let at = 0;
  while (at < was.length && at < is.length && was[at] === is[at]) at += 1;
  const from = before === null || after === null || at < excerpt - context ? 0 : at - context;
  const cut = (text: string) =>
    `${from > 0 ? "…" : ""}${text.slice(from, from + excerpt)}${text.length > from + excerpt ? "…" : ""}`;
  return [cut(was).toWellFormed(), cut(is).toWellFormed()];
}

function replayText({ lines, assumed, cut, open }: Replay): readonly string[] {
  if (lines.length === 0)
    return [`**Replay**: ${cut ? "there was no time for it." : "none of the last events starts it."}`];
  return [
    `**Replay** of the last ${lines.length === 1 ? "event" : `${lines.length} events`} that it is started by`,
    "",
    ...lines,
    "",
    ...(cut ? ["There was no time to replay the events before."] : []),
    ...(open ? ["Roles, outsiders and the files of pull requests were not asked for."] : []),
    ...(assumed
      ? ["*assumed*: what came of some steps is not known, so they are taken to have gone well."]
      : []),
  ];
}

function drawingOf(pair: Pair): readonly string[] {
  if (pair.kind !== "workflow" || !pair.touched || pair.versions.after === null) return [];
  const drawn = mermaid(pair.versions.after.workflow).trimEnd();
  if (drawn.length > longestDrawing) return ["It is too large to be drawn here."];
  return ["```mermaid", drawn, "```"];
}
