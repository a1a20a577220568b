import type { Delivery, DeliveryStore } from "../../engine/ports/index.ts";
import { numberAt, textAt } from "../payload.ts";

/*
 * One label put on is one event, but may come as two deliveries: GitHub's own, and one that the sweep makes of the
 * timeline where GitHub's did not come within ten minutes. It may still come later, or at the same moment, to another
 * process. Of the two only one may be acted on:
 *
 * - The sweep makes none where GitHub's is stored, unless that one failed for good.
 * - One made by the sweep yields, when it is processed, to GitHub's where that is stored by then and has not failed.
 * - GitHub's is ignored where one made by the sweep has been acted on, waits while it is being acted on (it may have
 *   looked before this one was stored), and goes ahead where that one has not begun (it will see this one, and yield) or
 *   has yielded.
 * - Where one failed for good, the other goes on in its name, so that what was done already is not done again.
 *
 * Each is stored before it looks for the other, so at least one of them sees the other. They are twins if they are about
 * the same label on the same number and the times fit: GitHub's payload has no id of the event, but `updated_at`, which
 * is the event's time, or a little later where more was changed at once; one made by the sweep has the event's own time
 * there.
 */

const prefix = "label-event-";
const yielded = "ignored: the delivery of the same event came after all";
const earlierMs = 5_000;
const laterMs = 60_000;
/** Our clock and GitHub's may differ. */
const clocksMs = 10 * 60_000;

/** The id of the delivery that is made of an event of the timeline. */
export function madeOf(eventId: number): string {
  return `${prefix}${eventId}`;
}

/** What to do with a delivery: nothing, for a reason, or its work, in the name of this delivery's id. */
export type Turn = { readonly outcome: string } | { readonly as: string };

/** Rejects, to be asked again, while its twin is being processed, or where the store can't answer. */
export async function turnOf(deliveries: DeliveryStore, delivery: Delivery): Promise<Turn> {
  const own: Turn = { as: delivery.id };
  const label = labelOf(delivery);
  if (label === null) return own;
  const made = isMade(delivery);
  const all = await storedFor(deliveries, label);
  const twins = all.filter((other) => {
    const at = timeOf(other);
    if (isMade(other) === made || at === null) return false;
    return made ? fits(label.at, at) : fits(at, label.at);
  });
  const failed = twins.find(hasFailed);
  const others = twins.filter((twin) => !hasFailed(twin));
  if (made && others.length > 0) return { outcome: yielded };
  const acted = others.find(({ outcome }) => outcome !== null && outcome !== yielded);
  if (acted !== undefined) return { outcome: `ignored: its label was taken up as ${acted.id}` };
  if (others.some(({ outcome, attempts }) => outcome === null && attempts > 0)) {
    throw new Error("the same label is being taken up already");
  }
  return failed === undefined ? own : { as: failed.id };
}

/** Whether GitHub's delivery of a label that was put on at this time (ms) is stored and has not failed. */
export async function hasCome(
  deliveries: DeliveryStore,
  event: {
    readonly repository: number;
    readonly number: number;
    readonly label: string;
    readonly at: number;
  },
): Promise<boolean> {
  const all = await storedFor(deliveries, event);
  return all.some((one) => {
    const at = timeOf(one);
    return !isMade(one) && !hasFailed(one) && at !== null && fits(event.at, at);
  });
}

function storedFor(
  deliveries: DeliveryStore,
  {
    at,
    ...label
  }: { readonly repository: number; readonly number: number; readonly label: string; readonly at: number },
): Promise<readonly Delivery[]> {
  return deliveries.labeled({ ...label, since: at - clocksMs });
}

function fits(event: number, told: number): boolean {
  return told >= event - earlierMs && told <= event + laterMs;
}

function isMade({ id }: Delivery): boolean {
  return id.startsWith(prefix);
}

function hasFailed({ outcome }: Delivery): boolean {
  return outcome?.startsWith("failed") ?? false;
}

/** Null where it is about no label that was put on an issue or a pull request. */
function labelOf(delivery: Delivery) {
  const { payload } = delivery;
  if (textAt(payload, "action") !== "labeled") return null;
  const repository = numberAt(payload, "repository", "id");
  const number = numberAt(payload, kindOf(delivery), "number");
  const label = textAt(payload, "label", "name");
  const at = timeOf(delivery);
  return repository === null || number === null || label === null || at === null
    ? null
    : { repository, number, label, at };
}

function timeOf(delivery: Delivery): number | null {
  const at = Date.parse(textAt(delivery.payload, kindOf(delivery), "updated_at") ?? "");
  return Number.isNaN(at) ? null : at;
}

function kindOf({ event }: Delivery): string {
  return event === "pull_request" ? "pull_request" : "issue";
}
