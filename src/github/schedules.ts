import { createHash } from "node:crypto";
import type { RepositoryRef } from "../core/execution.ts";
import type { JsonObject } from "../core/json.ts";
import type { Trigger } from "../core/workflow.ts";
import { nextTick } from "../definition/cron.ts";
import type { Delivery, Schedule } from "../engine/ports/index.ts";
import { type Definitions, type WorkflowFile, workflowsIn } from "./definitions.ts";
import { readFailure } from "./failures.ts";
import type { Happening } from "./happening.ts";
import { createLru, type Lru } from "./lru.ts";
import { listAt, numberAt, textAt } from "./payload.ts";
import type { Room, Work } from "./room.ts";
import type { ScheduleKeeper } from "./schedule-keeper.ts";
import { presentFor, startWorkflow } from "./start.ts";
import { stillHolds } from "./triggers.ts";

/** Who is noted as the actor of a start that nobody caused. */
const actor = "schedule";
/** An organization may be installed with thousands of repositories at once; the others are read at their first event. */
const mostAtOnce = 500;

/** What this process knows of the stored sets. */
export interface Schedules {
  readonly keeper: ScheduleKeeper;
  /** By repository id the set as it was stored last, as text. */
  readonly known: Lru<string>;
}

export function createSchedules(keeper: ScheduleKeeper): Schedules {
  return { keeper, known: createLru(10_000) };
}

/**
 * Brings the repository's schedules in line with the active workflows on its default branch: after every push to that
 * branch, whatever may change which branch it is, and at the first event that this process sees of a repository. So a
 * push that was missed is made good by whatever comes next, without asking GitHub about every repository at each start.
 */
export async function followSchedules(work: Work): Promise<readonly string[]> {
  const { room, happening, octokit } = work;
  const { repository, defaultBranch, installation, event, payload } = happening;
  const pushed = event === "push" && textAt(payload, "ref") === `refs/heads/${defaultBranch ?? ""}`;
  const seen = room.schedules.known.get(String(repository.id)) !== undefined;
  if (seen && !pushed && event !== "repository") return [];
  const definitions = await room.definitions.newest(octokit, repository, defaultBranch);
  const notes = await replaceSet(room, repository, installation, definitions);
  await waitForNext(room);
  return notes;
}

/**
 * The schedules of repositories that come and go with an installation. Those of a suspended one are kept: until it ends
 * their ticks come to nothing. Null where the delivery is of another kind.
 */
export async function followInstalled(
  room: Room,
  { event, payload }: Delivery,
): Promise<readonly string[] | null> {
  const installation = numberAt(payload, "installation", "id");
  if (installation === null || !["installation", "installation_repositories"].includes(event)) return null;
  const action = textAt(payload, "action");
  if (event === "installation" && action === "deleted") {
    await room.stores.schedules.removeInstallation(installation);
    return [];
  }
  for (const { id } of repositoriesIn(payload, "repositories_removed")) {
    await room.stores.schedules.replaceFor(id, []);
    room.schedules.known.delete(String(id));
  }
  if (event === "installation" && action === "suspend") return [];
  const added = ["repositories", "repositories_added"].flatMap((key) => repositoriesIn(payload, key));
  const octokit = room.clients.installation(installation);
  const notes: string[] = [];
  for (const repository of added.slice(0, mostAtOnce)) {
    try {
      const definitions = await room.definitions.newest(octokit, repository, null);
      notes.push(...(await replaceSet(room, repository, installation, definitions)));
    } catch (error) {
      if (readFailure(error, room.clock.now()).transient) throw error;
      room.log.warn({ repository, err: error }, "the schedules of a repository could not be read");
    }
  }
  await waitForNext(room);
  return notes;
}

async function waitForNext({ stores, schedules }: Room): Promise<void> {
  const next = await stores.schedules.nextDue();
  if (next !== null) schedules.keeper.expect(next);
}

/**
 * Starts what the schedule names, by the definition as it is on the default branch now, once per tick; says what came of
 * it. Where the workflow has no such schedule any more, only the set is corrected.
 */
export async function fireSchedule(room: Room, schedule: Schedule, tick: number): Promise<string> {
  const { repository, installation, path, cron, timezone } = schedule;
  if (installation === null) return "there is no GitHub to read it from";
  const octokit = room.clients.installation(installation);
  const definitions = await room.definitions.newest(octokit, repository, null);
  // Not taken for an empty set: a repository that can't be seen now may be seen again.
  if (definitions === null) return "its default branch can't be read";
  await replaceSet(room, repository, installation, definitions);
  const file = workflowsIn(definitions).find((one) => one.path === path);
  const triggers = file === undefined ? [] : scheduled(file);
  const trigger = triggers.find(({ schedule: own }) => own?.cron === cron && own.timezone === timezone);
  if (file === undefined || trigger === undefined) return "its workflow is not scheduled so any more";

  const event: JsonObject = { schedule: cron, scheduled_at: new Date(tick).toISOString() };
  const happening: Happening = {
    id: `schedule:${schedule.id}:${tick}`,
    receivedAt: room.clock.now(),
    event: "schedule",
    action: null,
    name: "schedule",
    repository,
    defaultBranch: null,
    installation,
    sender: { login: actor, isBot: false },
    number: null,
    isPullRequest: false,
    payload: event,
    trimmed: event,
    again: true,
  };
  const work: Work = { room, happening, octokit };
  const occasion = { event: "schedule", action: null, payload: event, by: "person" } as const;
  const present = await presentFor(work, trigger, null, definitions.config.vars);
  const reason = stillHolds(trigger, occasion, present);
  if (reason !== null) return `did not start ${file.workflow.stem}: ${reason}`;
  const started = await startWorkflow(work, definitions, {
    file,
    subject: null,
    input: {},
    occurrence: happening.id,
    trigger: "schedule",
    held: null,
    hops: 0,
  });
  if ("note" in started) return started.note;
  const told = started.problems.map(({ message }) => message).join("; ");
  return `could not start ${file.workflow.stem}: ${told}`;
}

/** Stores the set; says how large it is where this process did not know it so. */
async function replaceSet(
  room: Room,
  repository: RepositoryRef,
  installation: number,
  definitions: Definitions | null,
): Promise<readonly string[]> {
  const { known } = room.schedules;
  const wanted = definitions === null ? [] : workflowsIn(definitions).flatMap(wantedOf);
  const key = JSON.stringify([installation, repository.owner, repository.name, wanted]);
  const before = known.get(String(repository.id));
  const now = room.clock.now();
  const set = wanted.flatMap(([path, cron, timezone]): readonly Schedule[] => {
    const next = nextTick(cron, timezone, now);
    // The thirtieth of February.
    if (next === null) return [];
    return [
      { id: idOf(repository.id, path, cron, timezone), repository, installation, path, cron, timezone, next },
    ];
  });
  await room.stores.schedules.replaceFor(repository.id, set);
  known.set(String(repository.id), key);
  if (before === key || (before === undefined && set.length === 0)) return [];
  return [`${set.length} ${set.length === 1 ? "schedule" : "schedules"}`];
}

type Wanted = readonly [path: string, cron: string, timezone: string];

/** Each pair of expression and time zone once. */
function wantedOf(file: WorkflowFile): readonly Wanted[] {
  const pairs = scheduled(file).flatMap(({ schedule }) =>
    schedule === null ? [] : [[`${schedule.timezone} ${schedule.cron}`, schedule] as const],
  );
  return [...new Map(pairs).values()].map(({ cron, timezone }) => [file.path, cron, timezone]);
}

function scheduled({ workflow }: WorkflowFile): readonly Trigger[] {
  return workflow.status === "active" ? workflow.triggers.filter(({ schedule }) => schedule !== null) : [];
}

function idOf(repository: number, path: string, cron: string, timezone: string): string {
  const text = JSON.stringify([repository, path, cron, timezone]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** Those of an installation's payload, which names their owner only in `full_name`. */
function repositoriesIn(payload: JsonObject, key: string): readonly RepositoryRef[] {
  return listAt(payload, key).flatMap((one) => {
    const id = numberAt(one, "id");
    const [owner, name] = textAt(one, "full_name")?.split("/") ?? [];
    return id === null || !owner || !name ? [] : [{ id, owner, name }];
  });
}
