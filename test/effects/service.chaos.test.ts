import { describe, expect, test } from "vitest";
import { kinds, play } from "./play.ts";
import { scenarios } from "./scenarios.ts";
import { differences } from "./snapshot.ts";

describe.for(scenarios)("$name", (scenario) => {
  test.for(kinds)("every write, each alone: %s", async (kind) => {
    const calm = await play(scenario);
    const harms: string[] = [];
    for (const point of calm.writes) {
      const played = await play(scenario, [point], kind);
      const wrong = [
        ...differences(calm.state, played.state),
        ...differences(calm.executions, played.executions),
        ...played.doubles,
        ...(played.spoilt === 1 ? [] : ["it was not reached"]),
      ];
      if (wrong.length > 0) harms.push(`act ${point.act}: ${point.at} ${point.n}: ${wrong.join("; ")}`);
    }
    expect(harms).toEqual([]);
  });
});
