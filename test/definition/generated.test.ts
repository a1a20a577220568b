import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test.for(["scripts/generate-schema.ts", "scripts/generate-catalogue.ts"])(
  "what %s writes is current",
  (script) => {
    const answer = execFileSync(process.execPath, [script, "--check"], { encoding: "utf8" });
    expect(answer).toMatch(/is current/);
  },
);
