import { isDeepStrictEqual } from "node:util";
import type { Ending, Played } from "./played.ts";

/** In what a run with crashes ended otherwise than the one without; nothing where it is all the same. */
export function differences(calm: Ending, crashed: Played): readonly string[] {
  const { ending } = crashed;
  const keys = Object.keys(calm) as (keyof Ending)[];
  return keys.flatMap((key) => {
    const [wanted, got] = [calm[key], ending[key]];
    if (isDeepStrictEqual(wanted, got)) return [];
    if (!Array.isArray(wanted) || !Array.isArray(got)) return [`${key}: ${JSON.stringify(got)}`];
    const [missing, more] = [without(wanted, got), without(got, wanted)].map((list) => list.map(short));
    return [`${key}: missing ${JSON.stringify(missing)}, too much ${JSON.stringify(more)}`];
  });
}

/** What is in the list more often than in the other. */
function without(list: readonly unknown[], other: readonly unknown[]): readonly string[] {
  const left = other.map((one) => JSON.stringify(one));
  return list
    .map((one) => JSON.stringify(one))
    .filter((one) => {
      const at = left.indexOf(one);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
}

function short(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
