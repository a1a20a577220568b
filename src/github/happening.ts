import type { RepositoryRef } from "../core/execution.ts";
import type { JsonObject } from "../core/json.ts";
import type { Delivery } from "../engine/ports/index.ts";
import { numberAt, objectAt, textAt } from "./payload.ts";
import { trimPayload } from "./trim.ts";

/** What a delivery says, in the words that the rest of the room works with. */
export interface Happening {
  /** The delivery's GUID. */
  readonly id: string;
  /** Milliseconds since 1970 UTC. */
  readonly receivedAt: number;
  /** As `pull_request`. */
  readonly event: string;
  readonly action: string | null;
  /** As `pull_request.closed`, or the event alone where it has no actions. */
  readonly name: string;
  readonly repository: RepositoryRef;
  readonly defaultBranch: string | null;
  readonly installation: number;
  readonly sender: Sender;
  /** The issue or pull request it is about, or null. */
  readonly number: number | null;
  /** True where that number is a pull request's. */
  readonly isPullRequest: boolean;
  readonly payload: JsonObject;
  /** What workflows see of the payload. */
  readonly trimmed: JsonObject;
  /** True where processing it began before: what it does may have been done. */
  readonly again: boolean;
}

export interface Sender {
  readonly login: string;
  readonly isBot: boolean;
}

/** Null where there is nothing to act on or no right to: no repository, no installation. */
export function readHappening(delivery: Delivery): Happening | null {
  const { payload, event } = delivery;
  const installation = numberAt(payload, "installation", "id");
  const id = numberAt(payload, "repository", "id");
  const owner = textAt(payload, "repository", "owner", "login");
  const name = textAt(payload, "repository", "name");
  if (installation === null || id === null || owner === null || name === null) return null;
  const action = textAt(payload, "action");
  const issue = objectAt(payload, "issue");
  const pull = objectAt(payload, "pull_request");
  return {
    id: delivery.id,
    receivedAt: delivery.receivedAt,
    event,
    action,
    name: action === null ? event : `${event}.${action}`,
    repository: { id, owner, name },
    defaultBranch: textAt(payload, "repository", "default_branch"),
    installation,
    sender: {
      login: textAt(payload, "sender", "login") ?? "ghost",
      isBot: textAt(payload, "sender", "type") === "Bot",
    },
    number: numberAt(pull ?? issue ?? undefined, "number"),
    isPullRequest: pull !== null || objectAt(issue ?? undefined, "pull_request") !== null,
    payload,
    trimmed: trimPayload(payload),
    again: delivery.attempts > 1,
  };
}
