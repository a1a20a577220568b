import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { operatorToken } from "../../src/api/index.ts";

test("the operator's token is made once, and read by its user alone", () => {
  const home = mkdtempSync(join(tmpdir(), "hishamos-token-"));
  try {
    const directory = join(home, "data");
    const first = operatorToken(directory);
    expect(first).toEqual({
      token: expect.stringMatching(/^[0-9a-f]{64}$/),
      made: join(directory, "api-token"),
    });
    expect(statSync(join(directory, "api-token")).mode & 0o777).toBe(0o600);
    expect(operatorToken(directory)).toEqual({ token: first.token, made: null });
  } finally {
    rmSync(home, { recursive: true });
  }
});
