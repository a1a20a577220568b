import { isObject, type Json } from "../../core/json.ts";
import type { NoteStore } from "../../engine/ports/index.ts";

/** What the last sweep found, for readiness, `doctor` and the page: kept in the note `sweep`. */
export interface SweepNote {
  /** When it ended (ms since 1970 UTC). */
  readonly at: number;
  readonly tookMs: number;
  /** Deliveries of GitHub's list that it read. */
  readonly read: number;
  /** Of those that failed, how many are not stored here yet. */
  readonly missed: number;
  /** How many it asked GitHub to deliver again. */
  readonly asked: number;
  readonly labels: {
    /** Repositories whose labels it looked at. */
    readonly looked: number;
    /** Labels whose event never came, and that are taken up now. */
    readonly takenUp: number;
  };
  /** Null where it could do all that it had to, else the first thing that went wrong. */
  readonly error: string | null;
}

const name = "sweep";

/** Null before the first sweep. Rejects where the store can't answer. */
export async function readSweepNote(notes: NoteStore): Promise<SweepNote | null> {
  const note = await notes.get(name);
  return isSweepNote(note) ? note : null;
}

export async function writeSweepNote(notes: NoteStore, note: SweepNote): Promise<void> {
  await notes.put(name, { ...note, labels: { ...note.labels } });
}

/** A release that remembers something else counts as none. */
function isSweepNote(note: Json): note is Json & SweepNote {
  if (!isObject(note)) return false;
  const { labels } = note;
  const numbers = [note["at"], note["tookMs"], note["read"], note["missed"], note["asked"]];
  return (
    numbers.every((one) => typeof one === "number") &&
    isObject(labels) &&
    typeof labels["looked"] === "number" &&
    typeof labels["takenUp"] === "number"
  );
}
