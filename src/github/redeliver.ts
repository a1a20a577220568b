import type { Clock, Log, Stores } from "../engine/ports/index.ts";
import type { Clients } from "./clients.ts";

export interface RedeliveryOptions {
  readonly clients: Clients;
  readonly stores: Pick<Stores, "deliveries">;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends it early; what is left is found again at the next start. */
  readonly signal?: AbortSignal;
  /** How many of GitHub's pages of 100 deliveries are read (default 50). */
  readonly maxPages?: number;
}

/** GitHub keeps deliveries for three days (docs: "Redelivering webhooks"). */
const keptMs = 3 * 24 * 60 * 60_000;
const pageSize = 100;

interface Missed {
  readonly guid: string;
  /** Of the last attempt at it. */
  readonly id: number;
}

/**
 * GitHub never delivers again by itself: this asks for every delivery that failed while nobody listened, the oldest
 * first, each once. A redelivery keeps its GUID, so that the inbox knows what it has already. Never rejects: what
 * can't be had now is found again at the next start.
 * https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries
 */
export async function redeliverMissed(options: RedeliveryOptions): Promise<void> {
  const { log, signal } = options;
  try {
    const { read, failed } = await failedDeliveries(options);
    const missed = await notStored(options, failed);
    let asked = 0;
    for (const one of missed) {
      if (signal?.aborted) break;
      if (await redeliver(options, one)) asked += 1;
    }
    log.info({ read, missed: missed.length, asked }, "looked for deliveries that were missed");
  } catch (error) {
    if (signal?.aborted) return;
    log.error(
      { err: error },
      "deliveries that were missed could not be looked for; the next start tries again",
    );
  }
}

/** By GUID those of the last three days without a successful attempt, the oldest first. */
async function failedDeliveries({ clients, clock, log, signal, maxPages = 50 }: RedeliveryOptions) {
  const octokit = clients.app();
  const since = clock.now() - keptMs;
  const succeeded = new Set<string>();
  const failed = new Map<string, Missed>();
  let read = 0;
  let cursor: string | undefined;
  for (let page = 1; ; page++) {
    // By hand: Octokit's pagination passes no signal on.
    const { data, headers } = await octokit.rest.apps.listWebhookDeliveries({
      per_page: pageSize,
      ...(cursor !== undefined && { cursor }),
      ...(signal && { request: { signal } }),
    });
    const kept = data.filter(({ delivered_at }) => Date.parse(delivered_at) >= since);
    read += kept.length;
    for (const { id, guid, status_code } of kept) {
      if (status_code >= 200 && status_code < 300) succeeded.add(guid);
      // Newest first: the first one seen is the last attempt.
      else if (!failed.has(guid)) failed.set(guid, { guid, id });
    }
    cursor = nextCursor(headers.link);
    if (cursor === undefined || kept.length < data.length) break;
    if (page < maxPages) continue;
    log.warn({ read }, "older deliveries are not looked at");
    break;
  }
  return { read, failed: [...failed.values()].filter(({ guid }) => !succeeded.has(guid)).toReversed() };
}

/** This list pages by a cursor, in the address of the next page. */
function nextCursor(link: string | undefined): string | undefined {
  const address = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return (address && URL.parse(address)?.searchParams.get("cursor")) || undefined;
}

/** Without those that were stored though GitHub never had our answer. */
async function notStored(
  { stores }: RedeliveryOptions,
  failed: readonly Missed[],
): Promise<readonly Missed[]> {
  const missed: Missed[] = [];
  for (const one of failed) if ((await stores.deliveries.get(one.guid)) === null) missed.push(one);
  return missed;
}

/** False, and logged, where GitHub refuses: the others are asked for all the same. */
async function redeliver(
  { clients, log, signal }: RedeliveryOptions,
  { guid, id }: Missed,
): Promise<boolean> {
  try {
    await clients.app().rest.apps.redeliverWebhookDelivery({
      delivery_id: id,
      request: { retries: 0, ...(signal && { signal }) },
    });
    return true;
  } catch (error) {
    if (!signal?.aborted)
      log.warn({ delivery: guid, err: error }, "a missed delivery could not be asked for");
    return false;
  }
}
