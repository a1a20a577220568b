import { isObject, type JsonObject, own } from "../../core/json.ts";
import { type Happening, readHappening } from "../../github/happening.ts";
import { noInstallation } from "../../github/in-job.ts";
import type { Job } from "../job.ts";

/** Something that a webhook would have brought. */
export interface News {
  /** The same for the same event, however often it is seen. */
  readonly id: string;
  readonly event: string;
  readonly payload: JsonObject;
  /** When it happened (ms). */
  readonly at: number;
}

/**
 * The event as a webhook would have brought it: what GitHub leaves out of the payloads of jobs is added. `again`: it may
 * have been acted on before.
 */
export function happeningOf(job: Job, { id, event, payload, at }: News, again: boolean): Happening {
  const { owner, name, id: repositoryId } = job.repository;
  const given = own(payload, "repository");
  const whole = isObject(given) ? given : own(job.payload, "repository");
  const sender = own(payload, "sender");
  const completed: JsonObject = {
    ...payload,
    repository: {
      ...(isObject(whole) ? whole : {}),
      id: repositoryId,
      name,
      full_name: `${owner}/${name}`,
      owner: { login: owner },
    },
    sender: isObject(sender)
      ? sender
      : { login: job.actor, type: job.actor.endsWith("[bot]") ? "Bot" : "User" },
    installation: { id: noInstallation },
  };
  const happening = readHappening({
    id,
    // The same event, only that the job runs with the base's files and secrets.
    event: event === "pull_request_target" ? "pull_request" : event,
    receivedAt: at,
    payload: completed,
    outcome: null,
    attempts: again ? 2 : 1,
    holder: null,
    revision: 1,
  });
  if (happening === null) throw new Error("the job has no repository");
  return happening;
}
