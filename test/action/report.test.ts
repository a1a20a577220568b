import { afterEach, expect, test, vi } from "vitest";
import { say } from "../../src/action/report.ts";

afterEach(() => vi.restoreAllMocks());

test.for([
  ["what is said", "fix: completed", "fix: completed"],
  ["a command", "::add-mask::x", ": :add-mask::x"],
  ["a command behind white space", " \u00a0::error::x", " \u00a0: :error::x"],
  ["a command on a line of its own", "a\n::error::x\r::error::y", "a ::error::x ::error::y"],
  ["a command of the older form", "a ##[error]x", "a ## [error]x"],
  ["a line that begins with a break", "\r\n::error::x", " : :error::x"],
  ["colours", "\u001b[31mred\u2028::x", " [31mred ::x"],
] as const)("%s never becomes a command of the runner", ([, line, said]) => {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  say(line);
  vi.restoreAllMocks();
  expect(written.join("")).toBe(`${said}\n`);
});
