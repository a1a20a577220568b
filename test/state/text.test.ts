import { expect, test } from "vitest";
import { keyOf } from "../../src/state/keys.ts";
import { textArray } from "../../src/state/postgres/text-array.ts";
import { toJson, wellFormed } from "../../src/state/text.ts";

test.for([
  ["plain text", "text", "text"],
  ["NUL", "a\0b", "a\ufffdb"],
  ["a lone high surrogate", "a\ud83d", "a\ufffd"],
  ["a lone low surrogate before a pair", "\udc00🙂", "\ufffd🙂"],
  ["what looks like their escapes", "\\u0000 \\\\ud800 \\", "\\u0000 \\\\ud800 \\"],
  ["other control characters", "\u0001\n\u001f", "\u0001\n\u001f"],
] as const)("%s is stored as well-formed text, in JSON too", ([, text, stored]) => {
  expect(wellFormed(text)).toBe(stored);
  expect(JSON.parse(toJson({ [text]: [text] }))).toEqual({ [stored]: [stored] });
});

test("keys are the id itself, or its hash where it is too long for an index", () => {
  expect(keyOf("a\0/b")).toBe("a\ufffd/b");
  const [long, longer] = ["x".repeat(401), "x".repeat(402)];
  expect(keyOf(long)).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(keyOf(long)).not.toBe(keyOf(longer));
});

test("a text array is written as Postgres sends one: header, then length and bytes of each", () => {
  expect(textArray(["é", ""]).toString("hex")).toBe(
    ["00000001", "00000000", "00000019", "00000002", "00000001", "00000002", "c3a9", "00000000"].join(""),
  );
});
