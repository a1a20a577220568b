import type { Log, NoteStore } from "../../engine/ports/index.ts";
import type { Room } from "../room.ts";
import {
  type DeliverySweepState,
  deliveryStateOf,
  deliveryStateToJson,
  nothingSwept,
  sweepDeliveries,
} from "./deliveries.ts";
import { type LabelSweep, labelStateOf, labelStateToJson, sweepLabels } from "./labels.ts";
import { type SweepNote, writeSweepNote } from "./note.ts";
import { createRepositoryReader } from "./repositories.ts";

export interface Sweeper {
  /** Looks for all that was missed since the last sweep. Rejects where the store can't answer; an abort ends it early. */
  sweep(signal: AbortSignal): Promise<void>;
  /** Asks for what GitHub could not deliver, remembering nothing of it. Never rejects. */
  first(signal: AbortSignal): Promise<void>;
}

export interface SweeperOptions {
  readonly room: Room;
  readonly notes: NoteStore;
  /** Called after labels were taken up: deliveries are stored that nobody has in hand. */
  readonly adopt: () => Promise<void>;
  /** How often it sweeps (ms). */
  readonly everyMs: number;
}

/** A delivery that was asked for comes within this time, or fails again. */
const comesWithinMs = 10 * 60_000;
/** What the next sweep has to know of the last, apart from the note that people read. */
const [deliveriesNote, labelsNote] = ["sweep/deliveries", "sweep/labels"];

/** What makes up for webhooks that never came: for one of all processes at a time. */
export function createSweeper({ room, notes, adopt, everyMs }: SweeperOptions): Sweeper {
  const { clock, log } = room;
  const repositories = createRepositoryReader(room.clients);

  async function sweep(signal: AbortSignal): Promise<void> {
    const startedAt = clock.now();
    const deliveries = await sweepDeliveries(
      { clients: room.clients, deliveries: room.stores.deliveries, clock, log, signal, everyMs },
      deliveryStateOf(await notes.get(deliveriesNote)),
    );
    await notes.put(deliveriesNote, deliveryStateToJson(deliveries.state));
    if (signal.aborted) return;
    const asked = askedLately(deliveries.state, clock.now());
    const labels: LabelSweep = await sweepLabels(
      { room, repositories, signal, waits: (repository) => asked.has(repository) },
      labelStateOf(await notes.get(labelsNote)),
    );
    await notes.put(labelsNote, labelStateToJson(labels.state));
    if (labels.takenUp > 0) await adopt();
    if (signal.aborted) return;
    const note: SweepNote = {
      at: clock.now(),
      tookMs: clock.now() - startedAt,
      read: deliveries.read,
      missed: deliveries.missed,
      asked: deliveries.asked,
      labels: { looked: labels.looked, takenUp: labels.takenUp },
      error: deliveries.error ?? labels.error,
    };
    await writeSweepNote(notes, note);
    tell(log, note);
  }

  return {
    sweep,
    first: async (signal) => {
      const { clients, stores } = room;
      try {
        const { deliveries } = stores;
        await sweepDeliveries({ clients, deliveries, clock, log, signal, everyMs }, nothingSwept);
      } catch (error) {
        if (!signal.aborted) log.error({ err: error }, "deliveries that were missed could not be looked for");
      }
    },
  };
}

function askedLately({ missed }: DeliverySweepState, now: number): ReadonlySet<number | null> {
  const asked = [...missed.values()].filter(
    ({ askedAt }) => askedAt !== null && now - askedAt < comesWithinMs,
  );
  return new Set(asked.map(({ repository }) => repository));
}

function tell(log: Log, { labels, ...note }: SweepNote): void {
  log.info({ ...note, ...labels }, "looked for deliveries and labels that were missed");
}
