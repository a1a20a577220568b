import type { AgentDefinition } from "../core/workflow.ts";
import type { Clock, Delivery, Engine, Log, Stores } from "../engine/ports/index.ts";
import { createAuthoriser } from "./authorise.ts";
import { pressButton } from "./buttons.ts";
import type { Clients } from "./clients.ts";
import { handleComment } from "./commands/handle.ts";
import { createDefinitionReader } from "./definitions.ts";
import { readFailure } from "./failures.ts";
import { type Happening, readHappening } from "./happening.ts";
import { createIdentity } from "./identity.ts";
import { followInstallation } from "./installations.ts";
import { removeLate } from "./late.ts";
import { onboard } from "./onboarding/onboard.ts";
import { takeReview } from "./reviews.ts";
import type { Room, Work } from "./room.ts";
import { routeEvent } from "./routing.ts";
import { createScheduleKeeper, type ScheduleKeeper } from "./schedule-keeper.ts";
import { createSchedules, fireSchedule, followInstalled, followSchedules } from "./schedules.ts";
import { startTriggered } from "./start.ts";
import { turnOf } from "./sweep/twins.ts";
import { validatePullRequest, validatePush } from "./validation/validate.ts";

/** How late a schedule may be that another process has stored, and did not live to fire. */
const lookMs = 20_000;

export interface ProcessorOptions {
  readonly appId: number | string;
  readonly engine: Engine;
  readonly stores: Stores;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly log: Log;
  /** Logins of the other bots whose events may start workflows, with or without `[bot]`; none by default. */
  readonly allowedBots?: readonly string[];
  /** True where other processes work on the same stores. */
  readonly shared?: boolean;
  /** True where repositories are offered a first workflow when the App is installed on them. */
  readonly onboarding?: boolean;
  /** The agents that ship, by name: what tests let them answer is held to their output schemas. */
  readonly roles?: ReadonlyMap<string, AgentDefinition>;
}

/** Does one part of a delivery's work and says what it did. */
export type Part = (work: Work) => Promise<readonly string[]>;

/** In this order: what runs already hears of an event before anything is started by it. */
const parts: readonly Part[] = [
  validatePush,
  validatePullRequest,
  routeEvent,
  takeReview,
  pressButton,
  handleComment,
  startTriggered,
  followSchedules,
  removeLate,
];

export interface Processor {
  /** Does a delivery's work and says what came of it; may be called again for the same one. */
  readonly process: (delivery: Delivery) => Promise<string>;
  /** Starts what is started by the clock. */
  readonly schedules: ScheduleKeeper;
  readonly room: Room;
}

/**
 * Every part of a delivery's work is idempotent, and one that fails does not keep the others from theirs; `process`
 * rejects, to be called again, where a failure may pass by itself.
 */
export function createProcessor(options: ProcessorOptions): Processor {
  const { stores, clock, log } = options;
  const keeper = createScheduleKeeper({
    store: stores.schedules,
    clock,
    log,
    lookMs: options.shared ? lookMs : undefined,
    fire: (schedule, tick) => fireSchedule(room, schedule, tick),
  });
  const room: Room = {
    ...options,
    definitions: createDefinitionReader(),
    authoriser: createAuthoriser(options.clock),
    identity: createIdentity(options.clients),
    allowedBots: new Set(options.allowedBots?.map((login) => login.toLowerCase())),
    schedules: createSchedules(keeper),
    roles: options.roles ?? new Map(),
  };
  const process = async (delivery: Delivery) => {
    const followed = await followInstallation(room, delivery);
    const scheduled = await followInstalled(room, delivery);
    if (followed !== null || scheduled !== null) {
      const offered = await onboard(room, delivery);
      return outcomeOf([...(followed ?? []), ...(scheduled ?? []), ...offered]);
    }
    const turn = await turnOf(stores.deliveries, delivery);
    if ("outcome" in turn) return turn.outcome;
    const read = readHappening(delivery);
    if (read === null) return "ignored: no repository, or no installation on it";
    const happening = turn.as === read.id ? read : { ...read, id: turn.as, again: true };
    return performParts(parts, workOn(room, happening));
  };
  return { process, schedules: keeper, room };
}

export function workOn(room: Room, happening: Happening): Work {
  return { room, happening, octokit: room.clients.installation(happening.installation, {}, "answers") };
}

/** Rejects, to be called again, where a failure of a part may pass by itself. */
export async function performParts(some: readonly Part[], work: Work): Promise<string> {
  const { room, happening } = work;
  const notes: string[] = [];
  const failures: string[] = [];
  let transient: unknown;
  for (const part of some) {
    try {
      notes.push(...(await part(work)));
    } catch (error) {
      const failure = readFailure(error, room.clock.now());
      if (failure.transient) transient ??= error;
      failures.push(failure.message);
      room.log.warn({ delivery: happening.id, part: part.name, err: error }, "a part of a delivery failed");
    }
  }
  if (transient !== undefined) throw transient;
  if (failures.length > 0) return `failed: ${[...failures, ...notes].join("; ")}`;
  return outcomeOf(notes);
}

function outcomeOf(notes: readonly string[]): string {
  return notes.length > 0 ? `processed: ${notes.join("; ")}` : "ignored: it concerns no workflow";
}
