import { expect, test } from "vitest";
import { durationMs, durationText } from "../../src/core/index.ts";

test.for(["3d", "90m", "2h", "45s", "500ms", "7d", "61s"])("%s is written as it was read", (text) => {
  expect(durationText(durationMs(text) ?? -1)).toBe(text);
});

test.for([
  ["48h", "2d"],
  ["60s", "1m"],
  ["1000ms", "1s"],
  ["0s", "0ms"],
] as const)("%s is written as %s", ([read, written]) => {
  expect(durationText(durationMs(read) ?? -1)).toBe(written);
});
