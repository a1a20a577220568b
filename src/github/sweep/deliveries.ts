import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Clock, DeliveryStore, Log } from "../../engine/ports/index.ts";
import type { Clients } from "../clients.ts";
import { readFailure } from "../failures.ts";
import { numberAt, objectAt } from "../payload.ts";

export interface DeliverySweepOptions {
  readonly clients: Clients;
  readonly deliveries: Pick<DeliveryStore, "get">;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends it early; what is left is found again by the next sweep. */
  readonly signal?: AbortSignal | undefined;
  /** How often it is done (ms). */
  readonly everyMs: number;
  /** How many of GitHub's pages of 100 deliveries are read (default 50). */
  readonly maxPages?: number;
}

/** A delivery that failed at GitHub and is not known to be stored here. */
export interface Missed {
  /** Of GitHub's last attempt at it that was seen. */
  readonly id: number;
  /** When that was (ms). */
  readonly deliveredAt: number;
  /** When the first attempt that was seen failed (ms): GitHub forgets it three days later. */
  readonly since: number;
  readonly repository: number | null;
  /** How often it was asked for. */
  readonly times: number;
  /** When it was asked for last (ms); null: never. */
  readonly askedAt: number | null;
}

/** What a sweep leaves for the next one, of whichever process. */
export interface DeliverySweepState {
  /** GitHub's list is read back to here (ms); null: as far as it goes. */
  readonly readTo: number | null;
  /** By GUID. */
  readonly missed: ReadonlyMap<string, Missed>;
}

export const nothingSwept: DeliverySweepState = { readTo: null, missed: new Map() };

export interface DeliverySweep {
  readonly state: DeliverySweepState;
  readonly read: number;
  readonly missed: number;
  readonly asked: number;
  readonly error: string | null;
}

/** GitHub keeps deliveries for three days (docs: "Redelivering webhooks"), GHES for longer. */
const keptMs = 3 * 24 * 60 * 60_000;
/** A delivery appears in the list once it has ended, by the time at which it began. */
const overlapMs = 10 * 60_000;
const pageSize = 100;
/** More than these wait for the next sweep, so that one never goes on for longer than the time between two. */
const mostAsked = 500;
/** Of the time between two sweeps: what was asked for at the last is due at the next. */
const firstPause = 0.8;
const longestPauseMs = 6 * 60 * 60_000;

/**
 * GitHub never delivers again by itself: this asks for what failed and is not stored here, the oldest first. What fails
 * again is asked for again after ever longer pauses (at the next sweep, then 8, 16, 32 minutes later, at last every six
 * hours) until it is stored, or GitHub has forgotten it. A redelivery keeps its GUID, so that the inbox knows what it has
 * already. Rejects only where the store can't answer.
 * https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries
 */
export async function sweepDeliveries(
  options: DeliverySweepOptions,
  before: DeliverySweepState,
): Promise<DeliverySweep> {
  const { clock, log, signal } = options;
  const startedAt = clock.now();
  const oldest = startedAt - keptMs;
  const since = Math.max(oldest, before.readTo === null ? oldest : before.readTo - overlapMs);
  const found = await readList(options, since, before.missed);
  const missed = new Map<string, Missed>();
  for (const [guid, one] of found.missed) {
    if (one.since >= oldest && (await options.deliveries.get(guid)) === null) missed.set(guid, one);
  }
  let asked = 0;
  let error = found.error;
  const due = [...missed]
    .filter(([, one]) => isDue(one, startedAt, options.everyMs))
    .toSorted(([, a], [, b]) => a.id - b.id);
  for (const [guid, one] of due) {
    if (signal?.aborted || asked >= mostAsked) break;
    const refusal = await ask(options, one.id);
    // Asked, or refused for good as it was asked: neither is repeated at once.
    if (refusal === null || !refusal.wait) {
      missed.set(guid, { ...one, times: one.times + 1, askedAt: clock.now() });
    }
    if (refusal === null) {
      asked += 1;
      continue;
    }
    if (signal?.aborted) break;
    error ??= refusal.message;
    log.warn({ delivery: guid, problem: refusal.message }, "a missed delivery could not be asked for");
    if (refusal.wait) break;
  }
  const readTo = found.error === null ? startedAt : before.readTo;
  return { state: { readTo, missed }, read: found.read, missed: missed.size, asked, error };
}

function isDue({ times, askedAt }: Missed, now: number, everyMs: number): boolean {
  if (askedAt === null) return true;
  return now - askedAt >= Math.min(firstPause * everyMs * 2 ** (times - 1), longestPauseMs);
}

/** The missed ones that were known, brought up to date by those attempts of GitHub's list that are not older. */
async function readList(
  { clients, clock, log, signal, maxPages = 50 }: DeliverySweepOptions,
  since: number,
  before: ReadonlyMap<string, Missed>,
) {
  const octokit = clients.app();
  const succeeded = new Set<string>();
  const seen = new Set<string>();
  const missed = new Map(before);
  let read = 0;
  let cursor: string | undefined;
  let error: string | null = null;
  try {
    for (let page = 1; ; page++) {
      // By hand: Octokit's pagination passes no signal on.
      const { data, headers } = await octokit.rest.apps.listWebhookDeliveries({
        per_page: pageSize,
        ...(cursor !== undefined && { cursor }),
        ...(signal && { request: { signal } }),
      });
      const kept = data.filter(({ delivered_at }) => Date.parse(delivered_at) >= since);
      read += kept.length;
      for (const { id, guid, status_code, delivered_at, repository_id } of kept) {
        if (status_code >= 200 && status_code < 300) {
          succeeded.add(guid);
          continue;
        }
        const deliveredAt = Date.parse(delivered_at);
        const known = missed.get(guid);
        // Newest first: the first one seen is the last attempt.
        const latest = seen.has(guid) && known !== undefined ? known : { id, deliveredAt };
        seen.add(guid);
        missed.set(guid, {
          id: latest.id,
          deliveredAt: latest.deliveredAt,
          since: Math.min(known?.since ?? deliveredAt, deliveredAt),
          repository: repository_id,
          times: known?.times ?? 0,
          askedAt: known?.askedAt ?? null,
        });
      }
      cursor = nextCursor(headers.link);
      if (cursor === undefined || kept.length < data.length) break;
      if (page < maxPages) continue;
      log.warn({ read }, "older deliveries are not looked at");
      break;
    }
  } catch (failure) {
    error = readFailure(failure, clock.now()).message;
    if (!signal?.aborted) log.error({ err: failure }, "GitHub's list of deliveries could not be read");
  }
  for (const guid of succeeded) missed.delete(guid);
  return { read, missed, error };
}

/** This list pages by a cursor, in the address of the next page. */
function nextCursor(link: string | undefined): string | undefined {
  const address = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return (address && URL.parse(address)?.searchParams.get("cursor")) || undefined;
}

/** Null: asked for. `wait`: GitHub takes no requests now, so the others have to wait too. */
async function ask(
  { clients, clock, signal }: DeliverySweepOptions,
  id: number,
): Promise<{ readonly message: string; readonly wait: boolean } | null> {
  try {
    await clients.app().rest.apps.redeliverWebhookDelivery({
      delivery_id: id,
      request: { retries: 0, ...(signal && { signal }) },
    });
    return null;
  } catch (error) {
    const { message, notBefore, transient } = readFailure(error, clock.now());
    return { message, wait: notBefore !== null || transient };
  }
}

/** As it is kept in a note. */
export function deliveryStateToJson({ readTo, missed }: DeliverySweepState): JsonObject {
  return { readTo, missed: Object.fromEntries([...missed].map(([guid, one]) => [guid, { ...one }])) };
}

/** What can't be read, as of another release, counts as nothing. */
export function deliveryStateOf(note: Json): DeliverySweepState {
  const missed = new Map<string, Missed>();
  for (const [guid, one] of Object.entries(objectAt(note, "missed") ?? {})) {
    const [id, deliveredAt, since] = ["id", "deliveredAt", "since"].map((key) => numberAt(one, key));
    if (!isObject(one) || id == null || deliveredAt == null || since == null) continue;
    missed.set(guid, {
      id,
      deliveredAt,
      since,
      repository: numberAt(one, "repository"),
      times: numberAt(one, "times") ?? 0,
      askedAt: numberAt(one, "askedAt"),
    });
  }
  return { readTo: numberAt(note, "readTo"), missed };
}
