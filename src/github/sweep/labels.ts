import PQueue from "p-queue";
import type { Json, JsonObject } from "../../core/json.ts";
import { readFailure } from "../failures.ts";
import { numberAt, objectAt, textAt } from "../payload.ts";
import type { Room } from "../room.ts";
import { type Look, lookForLabels } from "./lost-labels.ts";
import type { Installed, RepositoryReader } from "./repositories.ts";

/** By repository id, how far its events have been looked at. */
export type LabelSweepState = ReadonlyMap<number, Look>;

export interface LabelSweepOptions {
  readonly room: Room;
  readonly repositories: RepositoryReader;
  readonly signal: AbortSignal;
  /** True for a repository whose missed deliveries have just been asked for: they bring its labels themselves. */
  readonly waits: (repository: number) => boolean;
  /** How many repositories are looked at (default 200); the others come next time. */
  readonly most?: number;
}

export interface LabelSweep {
  readonly state: LabelSweepState;
  readonly looked: number;
  readonly takenUp: number;
  readonly error: string | null;
}

const mostLooked = 200;
const concurrency = 4;
/** A sweep ends before the next one begins. */
const longestMs = 4 * 60_000;

/**
 * Takes up the labels whose event never came here. Only those count that were put on since the repository was looked at
 * last, and at most three days ago; at its first look none do. So a workflow that is new starts nothing for the labels of
 * before, but for those of the minutes since that look. Never rejects: what can't be
 * had now is told, and looked at again by the next sweep.
 */
export async function sweepLabels(options: LabelSweepOptions, before: LabelSweepState): Promise<LabelSweep> {
  const { room, repositories, signal, waits, most = mostLooked } = options;
  const startedAt = room.clock.now();
  const errors: string[] = [];
  const noted = (error: unknown, where: string) => {
    if (signal.aborted) return;
    errors.push(`${where}: ${readFailure(error, room.clock.now()).message}`);
    room.log.warn({ where, err: error }, "labels could not be looked for; the next sweep tries again");
  };
  const found: Installed[] = [];
  const installations = await repositories.installations(signal).catch((error: unknown) => {
    noted(error, "installations");
    return [];
  });
  const unread = new Set<number>();
  const pool = new PQueue({ concurrency });
  await pool.addAll(
    installations.map((installation) => async () => {
      try {
        found.push(...(await repositories.repositories(installation, signal)));
      } catch (error) {
        unread.add(installation);
        noted(error, `installation ${installation}`);
      }
    }),
  );
  const state = new Map<number, Look>();
  const complete = errors.length === 0;
  // Those that are gone are forgotten, once it is known that they are.
  for (const [id, look] of before) if (!complete || found.some((one) => one.id === id)) state.set(id, look);

  // First whom nobody has looked at for longest.
  const since = ({ id }: Installed) => before.get(id)?.readTo ?? 0;
  const chosen = found.toSorted((a, b) => since(a) - since(b) || a.id - b.id).slice(0, most);
  /** Installations that GitHub answers no more for now. */
  const limited = new Set<number>();
  let looked = 0;
  let takenUp = 0;
  await pool.addAll(
    chosen.map((repository) => async () => {
      const late = room.clock.now() - startedAt > longestMs;
      if (signal.aborted || late || limited.has(repository.installation)) return;
      if (waits(repository.id)) return;
      try {
        const result = await lookForLabels(room, repository, before.get(repository.id) ?? null, signal);
        state.set(repository.id, result.look);
        if (result.asked) looked += 1;
        takenUp += result.takenUp;
      } catch (error) {
        if (readFailure(error, room.clock.now()).notBefore !== null) limited.add(repository.installation);
        noted(error, `${repository.owner}/${repository.name}`);
      }
    }),
  );
  return { state, looked, takenUp, error: errors[0] ?? null };
}

/** As it is kept in a note. */
export function labelStateToJson(state: LabelSweepState): JsonObject {
  return { repositories: Object.fromEntries([...state].map(([id, look]) => [String(id), { ...look }])) };
}

/** What can't be read, as of another release, counts as never looked at. */
export function labelStateOf(note: Json): LabelSweepState {
  const state = new Map<number, Look>();
  for (const [id, look] of Object.entries(objectAt(note, "repositories") ?? {})) {
    const readTo = numberAt(look, "readTo");
    if (readTo !== null) state.set(Number(id), { readTo, etag: textAt(look, "etag") });
  }
  return state;
}
