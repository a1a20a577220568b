import { handleComment } from "../../github/commands/handle.ts";
import { noInstallation } from "../../github/in-job.ts";
import { listAll } from "../../github/lists.ts";
import { numberAt } from "../../github/payload.ts";
import { performParts, workOn } from "../../github/process.ts";
import { takeReview } from "../../github/reviews.ts";
import { routeEvent } from "../../github/routing.ts";
import type { Job } from "../job.ts";
import { say } from "../report.ts";
import type { InJob } from "./compose.ts";
import { happeningOf } from "./happened.ts";
import { type Ears, listen } from "./listen.ts";
import { createLook } from "./look.ts";
import { createPages } from "./polled.ts";

const everyMs = 10_000;
/** What a job does with what it hears: nothing is started by it. */
const parts = [routeEvent, takeReview, handleComment];

/** Hears what happens on GitHub to the executions of the job since that time (ms), as webhooks tell a service. */
export function hear(job: Job, { room }: InJob, since: number): Ears {
  const octokit = room.clients.installation(noInstallation, {}, "answers");
  let lastTrouble = "";
  return listen({
    clock: room.clock,
    // Tests have no time.
    everyMs: Number(process.env["HISHAMOS_ACTION_POLL_MS"]) || everyMs,
    executions: () =>
      listAll(room.stores.executions, { repository: job.repository.id, states: ["running", "paused"] }),
    look: createLook({
      pages: createPages(octokit, job),
      job,
      since,
      heard: numberAt(job.payload, "comment", "id"),
    }),
    take: async (news, again) =>
      void (await performParts(parts, workOn(room, happeningOf(job, news, again)))),
    trouble(error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== lastTrouble)
        say(`GitHub could not be asked for news, which is tried again: ${message}`);
      lastTrouble = message;
    },
  });
}
