import { StateError } from "./error.ts";

/** The place after which a page of executions goes on. */
export interface Place {
  readonly updatedAt: number;
  readonly id: string;
}

export function toCursor(place: Place): string {
  return Buffer.from(JSON.stringify([place.updatedAt, place.id])).toString("base64url");
}

export function fromCursor(cursor: string): Place {
  try {
    const [updatedAt, id]: unknown[] = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Number.isSafeInteger(updatedAt) && typeof id === "string")
      return { updatedAt: Number(updatedAt), id };
  } catch {
    // Falls through: whatever it is, it is not one of ours.
  }
  throw new StateError({
    code: "HOS606",
    message: "This cursor is not one that a list returned.",
    hint: "Start again without a cursor.",
  });
}
