import type { Execution } from "../../core/execution.ts";
import { nearest } from "../../core/nearest.ts";
import { inFull, type Problem } from "../../core/problem.ts";
import { commandNames } from "../../definition/index.ts";
import { cell, code, neutralise } from "../neutralise.ts";
import { isOutside, waitingWords } from "../report/waiting.ts";
import { shortId } from "../room.ts";
import { isUnfinished } from "./target.ts";

/** What came of one command: whether it was taken, a line for the delivery's outcome, a comment where words are needed. */
export interface Reply {
  readonly ok: boolean;
  readonly note: string;
  readonly answer: string | null;
  /** Why it was not taken, for who can read more than words: not allowed, or these problems. */
  readonly why?: { readonly denied: string } | { readonly problems: readonly Problem[] };
}

export function taken(note: string, answer: string | null = null): Reply {
  return { ok: true, note, answer };
}

export function refused(note: string, answer: string): Reply {
  return { ok: false, note, answer };
}

export function problemReply(note: string, problem: Problem): Reply {
  const words = sentence(neutralise(inFull(problem)));
  return { ...refused(`${note}: ${problem.message}`, words), why: { problems: [problem] } };
}

export function notAllowed(command: string, reason: string): Reply {
  const words = `I can't take ${code(command)} from you: ${neutralise(reason)}.`;
  return { ...refused(`${command} refused: ${reason}`, words), why: { denied: reason } };
}

export function usage(form: string): Reply {
  return refused(`usage of ${form}`, `Write it as ${code(`/hishamos ${form}`)}.`);
}

export function unknownCommand(word: string | null): Reply {
  if (word === null) return taken("help", helpText());
  const close = nearest(word.toLowerCase(), commandNames);
  const guess = close === undefined ? "" : ` Did you mean ${code(`/hishamos ${close}`)}?`;
  return refused(
    "unknown command",
    `I don't know the command ${code(word, 50)}.${guess} ${code("/hishamos help")} lists them all.`,
  );
}

export function nothingRuns(command: string): Reply {
  return refused(
    `${command}: nothing runs`,
    `No workflow has run here. Start one with ${code("/hishamos run WORKFLOW")}.`,
  );
}

export function ambiguous(command: string, executions: readonly Execution[]): Reply {
  const stems = executions.map(({ workflow }) => workflow.stem);
  const names = executions.map(({ id, workflow: { stem } }) =>
    stems.filter((other) => other === stem).length > 1 ? `${shortId(id)} (${stem})` : stem,
  );
  const lines = names
    .toSorted()
    .map(
      (name) => `- ${code(`/hishamos ${command} ${name.split(" ", 1).join("")}`)}${name.replace(/^\S+/, "")}`,
    );
  return refused(
    `${command}: ambiguous`,
    ["Several workflows run here. Name the one you mean:", "", ...lines].join("\n"),
  );
}

const helpLines: readonly (readonly [string, string])[] = [
  ["status", "what runs here, and what it waits for"],
  ["approve [STEP]", "approve what waits for it"],
  ["reject [STEP] [REASON]", "reject it"],
  ["done STEP key=value …", "answer a step that asked; values may also stand in a YAML block below"],
  ["fail STEP REASON", "say of a step that asked that it can't be done"],
  ["pause", "enter no further step"],
  ["resume", "go on"],
  ["cancel", "end it"],
  ["retry [from STEP] [latest]", "take up an ended run; `latest` with the newest definition"],
  ["skip STEP", "go on without this step"],
  ["allow", "let a run begin that waits because of an outsider"],
  ["run WORKFLOW key=value …", "start a workflow here"],
  ["explain [WORKFLOW]", "what a workflow does when, in plain words"],
  ["help", "this list"],
];

export function helpText(): string {
  return [
    "Write one of these at the start of a line:",
    "",
    "| Command | What it does |",
    "| --- | --- |",
    ...helpLines.map(([form, meaning]) => `| \`/hishamos ${form}\` | ${meaning} |`),
    "",
    "`/approve`, `/reject`, `/pause`, `/resume`, `/cancel` and `/retry` also work alone. Where several workflows run, put the workflow's name first.",
  ].join("\n");
}

const SHOWN = 10;

/** The unfinished executions, or the newest ended ones, as a table. Newest first is how they come. */
export function statusText(executions: readonly Execution[]): string {
  const unfinished = executions.filter(isUnfinished);
  const shown = (unfinished.length > 0 ? unfinished : executions.slice(0, 1)).slice(0, SHOWN);
  const more = unfinished.length - shown.length;
  return [
    "| Workflow | Run | State | Now |",
    "| --- | --- | --- | --- |",
    ...shown.map(
      (execution) =>
        `| ${cell(execution.workflow.name)} | ${code(shortId(execution.id))} | ${execution.state} | ${now(execution)} |`,
    ),
    ...(more > 0 ? ["", `… and ${more} more.`] : []),
  ].join("\n");
}

const NAMED_AT_ONCE = 6;

/** What it waits for or does; of groups, branches and items only what is at work inside them. */
function now(execution: Execution): string {
  if (!isUnfinished(execution)) {
    const error = execution.ending?.error;
    return error ? cell(`${error.step}: ${error.message}`) : "–";
  }
  if (execution.held !== null)
    return `waits for ${code("/hishamos allow")}, because of ${code(execution.held)}`;
  if (execution.wants !== null) return "queued until the one before it has ended";
  const steps = Object.entries(execution.steps).flatMap(([path, { runs }]) => {
    const run = runs.at(-1);
    if (run?.state !== "running" || run.round !== execution.round) return [];
    if (run.waiting === null) return [`${code(path)} is at work`];
    return isOutside(run.waiting) ? [`${code(path)} waits for ${cell(waitingWords(run.waiting))}`] : [];
  });
  const more = steps.length > NAMED_AT_ONCE ? [`… and ${steps.length - NAMED_AT_ONCE} more`] : [];
  return steps.length > 0 ? [...steps.slice(0, NAMED_AT_ONCE), ...more].join("<br>") : "–";
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}
