import type { Problem } from "../../src/core/problem.ts";

/** A problem in one line, place first, as the tables of these tests have it. */
export function told({ path, position, code, message, hint }: Problem): string {
  const place = [path, position && `${position.line}:${position.column}`].filter(Boolean).join(":");
  return [place, code, message, hint].filter(Boolean).join(" ");
}
