import type { Problem } from "../../src/core/index.ts";

/** The problems without words, without their file, or with a place that the text doesn't have. */
export function misplaced(problems: readonly Problem[], text: string, path: string): readonly Problem[] {
  const lines = text.split("\n");
  return problems.filter(({ position, related, message, path: told }) => {
    const places = related ? [position, related.position] : [position];
    const placed = places.every((place) => {
      const line = place && lines[place.line - 1];
      return line !== undefined && place && place.column >= 1 && place.column <= line.length + 1;
    });
    return message === "" || told !== path || !placed;
  });
}
