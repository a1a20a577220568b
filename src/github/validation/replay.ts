import { setImmediate as others } from "node:timers/promises";
import type { JsonObject } from "../../core/json.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { Rehearsal } from "../../engine/ports/index.ts";
import { readHappening } from "../happening.ts";
import { code, neutralise } from "../neutralise.ts";
import { textAt } from "../payload.ts";
import { causeOf, type Work } from "../room.ts";
import { difference, wayText } from "./difference.ts";
import { type Asked, type Kept, type Wanted, wantedBy } from "./occasions.ts";

/** Of the kept deliveries whose events start a changed workflow, before or after, these many newest ones are replayed. */
export const mostEvents = 50;
/** A check is waited for; longer than this (ms) events are not replayed for it. */
const longestMs = 5_000;

/** One workflow before and after; null: there was none, or is none any more. */
export interface Versions {
  readonly before: Version | null;
  readonly after: Version | null;
}

export interface Version {
  readonly workflow: Workflow;
  readonly vars: JsonObject;
}

export interface Replay {
  /** One per event that starts it, before or after, newest first. */
  readonly lines: readonly string[];
  readonly differing: number;
  /** True where something was taken to go well because nobody knows what came of it. */
  readonly assumed: boolean;
  /** True where what only GitHub can tell was taken to be met. */
  readonly open: boolean;
  /** True where time ran out. */
  readonly cut: boolean;
}

/** The last events that any of the workflows is started by, as their payloads tell them. */
export async function keptEvents(work: Work, versions: readonly Versions[]): Promise<readonly Kept[]> {
  const { room, happening } = work;
  const triggers = versions.flatMap(({ before, after }) => [
    ...(before?.workflow.triggers ?? []),
    ...(after?.workflow.triggers ?? []),
  ]);
  // A comment is what brings a command; what the clock or a call starts came by no delivery.
  const events = new Set(triggers.map(({ event }) => (event === "slash_command" ? "issue_comment" : event)));
  const deliveries = await room.stores.deliveries.recent({
    repository: happening.repository.id,
    events: [...events],
    limit: mostEvents,
  });
  const kept: Kept[] = [];
  for (const delivery of deliveries) {
    const past = readHappening(delivery);
    if (past === null || past.id === happening.id) continue;
    kept.push({ happening: past, by: await causeOf({ ...work, happening: past }) });
  }
  return kept;
}

/** Says when there is no more time for replays of this check. */
export function timeFor({ room }: Work): () => boolean {
  const end = room.clock.now() + longestMs;
  return () => room.clock.now() > end;
}

/** Holds the events against both versions: which they start, and which way it goes then. Nothing is done. */
export async function replay(
  work: Work,
  { before, after }: Versions,
  kept: readonly Kept[],
  isOver: () => boolean,
): Promise<Replay> {
  const lines: string[] = [];
  let differing = 0;
  let assumed = false;
  let cut = false;
  for (const each of kept) {
    if (isOver()) {
      cut = true;
      break;
    }
    const was = wantedBy(before?.workflow ?? null, each, before?.vars ?? {});
    const is = wantedBy(after?.workflow ?? null, each, after?.vars ?? {});
    if (was.start === null && is.start === null) continue;
    const path = (before ?? after)?.workflow.path ?? "";
    const ways = {
      before: before && was.start && (await rehearse(work, before, each, was.start, path)),
      after: after && is.start && (await rehearse(work, after, each, is.start, path)),
    };
    const told = tell({ before, after }, is, ways);
    if (told.differs) differing += 1;
    const guessed = [ways.before, ways.after].some((way) => way?.result === "walked" && !way.recorded);
    assumed ||= guessed;
    const words = `${eventText(each, work.room.clock.now(), guessed)}: ${told.text}`;
    lines.push(told.differs ? `- **→** ${words}` : `- ${words}`);
    // A walk takes the processor; webhooks are answered in between.
    await others();
  }
  return { lines, differing, assumed, cut, open: lines.length > 0 && asksGitHub({ before, after }) };
}

async function rehearse(
  { room }: Work,
  { workflow, vars }: Version,
  { happening }: Kept,
  asked: Asked,
  path: string,
): Promise<Rehearsal> {
  const { repository, sender, receivedAt } = happening;
  return room.engine.rehearse({
    ...asked,
    workflow,
    repository,
    actor: sender.login,
    vars,
    path,
    at: receivedAt,
  });
}

function tell(
  { before, after }: Versions,
  is: Wanted,
  ways: { readonly before: Rehearsal | null; readonly after: Rehearsal | null },
): { readonly text: string; readonly differs: boolean } {
  if (ways.before === null || before === null) {
    return { text: `would now start: ${inShort(ways.after)}`, differs: true };
  }
  if (ways.after === null || after === null) {
    const reason = is.start === null && is.reason !== null ? ` (${neutralise(is.reason, 300)})` : "";
    return { text: `would no longer start${reason}; it went ${inShort(ways.before)}`, differs: true };
  }
  if (ways.before.result === "invalid" || ways.after.result === "invalid") {
    const [old, now] = [inShort(ways.before), inShort(ways.after)];
    return old === now
      ? { text: `same: ${now}`, differs: false }
      : { text: `was: ${old}; now: ${now}`, differs: true };
  }
  const found = difference(
    { workflow: before.workflow, walked: ways.before },
    { workflow: after.workflow, walked: ways.after },
  );
  if (found === null) return { text: "same path", differs: false };
  const rows = [
    `another path, because ${found.because}`,
    `  - was: ${found.before}`,
    `  - now: ${found.after}`,
  ];
  return { text: rows.join("\n"), differs: true };
}

function inShort(rehearsal: Rehearsal | null): string {
  if (rehearsal === null) return "";
  if (rehearsal.result === "walked") return wayText(rehearsal);
  return `it does not begin: ${neutralise(rehearsal.problems.map(({ message }) => message).join("; "), 300)}`;
}

function asksGitHub({ before, after }: Versions): boolean {
  return [before, after].some(
    (version) =>
      version?.workflow.readsFiles ||
      version?.workflow.triggers.some(
        ({ role, paths, outsiders, event }) =>
          role !== null || outsiders !== "run" || (paths.length > 0 && event !== "push"),
      ),
  );
}

/** `#12 issues.labeled (2 days ago, assumed)`. */
function eventText({ happening }: Kept, now: number, guessed: boolean): string {
  const { number, name, payload, receivedAt } = happening;
  const branch = /^refs\/heads\/(.*)$/.exec(textAt(payload, "ref") ?? "")?.[1];
  const about = number !== null ? `#${number} ` : "";
  const where = number === null && branch !== undefined ? ` to ${code(branch, 80)}` : "";
  return `${about}${code(name, 80)}${where} (${ago(now - receivedAt)}${guessed ? ", assumed" : ""})`;
}

function ago(ms: number): string {
  for (const [unit, length] of [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
  ] as const) {
    const count = Math.floor(ms / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  }
  return "just now";
}
