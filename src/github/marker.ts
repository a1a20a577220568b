import { createHash } from "node:crypto";
import type { Octokit } from "@octokit/rest";
import { type Log, silentLog } from "../engine/ports/log.ts";

/** GitHub refuses longer bodies of comments, issues and pull requests. */
export const maxBody = 65_536;

/** An execution's id where it stands in a key, as in `ID/1/triage/1` and `ask/ID/1/triage/1/1`. */
const idInKey = /(?:^|\/)([0-9a-f]{32})(?=\/|$)/;

const opening = "<!-- hishamos:";

/**
 * The hidden line by which we know our own objects again: the id of the execution that the key names, if any, and the
 * key's hash, so that nothing in it can end the comment.
 */
export function marker(key: string): string {
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 40);
  return `${opening}${idInKey.exec(key)?.[1] ?? ""}${hash} -->`;
}

/** Id of the execution that wrote a body of ours, or null; anybody may write such a marker, so ask first whose it is. */
export function writtenBy(body: string): string | null {
  return /<!-- hishamos:([0-9a-f]{32})[0-9a-f]{40} -->\s*$/.exec(body)?.[1] ?? null;
}

export function hasMarker(body: string | null | undefined, key: string): boolean {
  return body?.includes(marker(key)) ?? false;
}

/**
 * The text without any marker of ours, but for the one it ends with if that is `kept`: what somebody has put into a text
 * that we repeat would count by our hand. What takes a marker's place can't come to be one with what follows it.
 */
export function disarmed(text: string, kept: string | null = null): string {
  const end = kept !== null && text.endsWith(kept) ? kept : "";
  return text.slice(0, text.length - end.length).replaceAll(opening, "<!-- hishamos ") + end;
}

/** The marker that a body of ours ends with, or null. */
export function markerIn(body: string | null | undefined): string | null {
  return /<!-- hishamos:[0-9a-f]{40,72} -->(?=\s*$)/.exec(body ?? "")?.[0] ?? null;
}

/** Whether there is anything in the text to be disarmed. */
export function bearsMarker(text: string): boolean {
  return text.includes(opening);
}

/**
 * The body with the key's marker below it, cut to GitHub's limit; unchanged if it ends with that marker already. Other
 * markers in it are none any more.
 */
export function withMarker(body: string, key: string): string {
  const own = marker(key);
  const end = `\n\n${own}`;
  const text = disarmed(body.endsWith(end) ? body.slice(0, -end.length) : body);
  const room = maxBody - end.length;
  return (text.length <= room ? text : `${text.slice(0, room - cut.length)}${cut}`) + end;
}

const cut = "\n\n… (cut: GitHub takes no more)";

export interface CommentPlace {
  readonly owner: string;
  readonly repo: string;
  /** Issue or pull request number. */
  readonly number: number;
  readonly key: string;
  /** Which App is ours: its id, or its slug. */
  readonly appSlugOrId: number | string;
  /** Comments older than this (ms) can't be it: spares pages of a long discussion. */
  readonly since?: number;
  /** The comment's turn to be written is taken already. */
  readonly turnTaken?: boolean;
  readonly signal?: AbortSignal;
  readonly log?: Log;
}

export interface FoundComment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
}

interface Authored {
  readonly user?: { readonly type?: string; readonly login?: string } | null;
  readonly performed_via_github_app?: { readonly id?: number; readonly slug?: string } | null;
}

/** Whether our App wrote it: anybody may write our marker into a comment of their own. */
export function isOurs(authored: Authored, appSlugOrId: number | string): boolean {
  if (authored.user?.type !== "Bot") return false;
  const app = authored.performed_via_github_app;
  if (typeof appSlugOrId === "number") return app?.id === appSlugOrId;
  return app?.slug === appSlugOrId || authored.user.login === `${appSlugOrId}[bot]`;
}

/**
 * Our comment with the key's marker, or null. Where a process that was frozen wrote a second one late, the
 * oldest stays and the younger are removed. Rejects with Octokit's RequestError.
 */
export async function findComment(octokit: Octokit, place: CommentPlace): Promise<FoundComment | null> {
  return findMarked(octokit, place, marker(place.key));
}

/** The same by the marker itself, where nobody knows the key any more. */
export async function findMarked(
  octokit: Octokit,
  place: Omit<CommentPlace, "key">,
  mark: string,
): Promise<FoundComment | null> {
  const { owner, repo, number, appSlugOrId, since, signal, log = silentLog } = place;
  const comments = await octokit.paginate(octokit.rest.issues.listComments, {
    owner,
    repo,
    issue_number: number,
    per_page: 100,
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(signal && { request: { signal } }),
  });
  const ours = comments.filter(
    (comment) => isOurs(comment as Authored, appSlugOrId) && (comment.body ?? "").includes(mark),
  );
  const [oldest, ...younger] = ours.toSorted((a, b) => a.id - b.id);
  if (!oldest) return null;
  for (const comment of younger.toReversed()) {
    const request = { owner, repo, comment_id: comment.id, request: { retries: 0 } };
    await octokit.rest.issues.deleteComment(request).catch((error: unknown) => {
      // Another process has seen the same, and was first.
      if (!(error instanceof Error && "status" in error && error.status === 404)) throw error;
    });
  }
  if (younger.length > 0)
    log.warn({ removed: younger.length, kept: oldest.html_url }, "removed duplicate comments");
  return { id: oldest.id, url: oldest.html_url, body: oldest.body ?? "" };
}

/**
 * The comment exists once when this resolves. `mayHaveHappened`: an earlier try may have made it, so look
 * first. Rejects with Octokit's RequestError; after an ambiguous one call again with `mayHaveHappened: true`.
 */
export async function commentOnce(
  octokit: Octokit,
  place: CommentPlace & { readonly body: string; readonly mayHaveHappened: boolean },
): Promise<{ readonly id: number; readonly url: string }> {
  const known = place.mayHaveHappened ? await findComment(octokit, place) : null;
  if (known) return { id: known.id, url: known.url };
  const { data } = await octokit.rest.issues.createComment({
    owner: place.owner,
    repo: place.repo,
    issue_number: place.number,
    body: withMarker(place.body, place.key),
    request: {
      retries: 0,
      turnTaken: place.turnTaken ?? false,
      ...(place.signal && { signal: place.signal }),
    },
  });
  return { id: data.id, url: data.html_url };
}
