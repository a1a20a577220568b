import type { Spoiler } from "../../src/sandbox/github/index.ts";
import type { Dice } from "./dice.ts";
import type { Tally } from "./tally.ts";

type Fault = NonNullable<ReturnType<Spoiler>>;

const secondary = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

/**
 * What GitHub does wrong: one request in thirty by itself, and every second one while it has an outage, which comes now
 * and then for a few seconds.
 */
export function createMischief(dice: Dice, tally: Tally, now: () => number): Spoiler {
  let outageEnds = 0;
  let outageBegins = now() + dice.between(5_000, 20_000);

  const fault = (): Fault => {
    const [name, made] = dice.pick<readonly [string, Fault]>(
      [3, ["500, not done", { status: 500 }]],
      [2, ["500, but done", { status: 500, performed: true }]],
      [3, ["502, not done", { status: 502 }]],
      [3, ["502, but done", { status: 502, performed: true }]],
      [2, ["connection cut before it was done", { drop: "before" }]],
      [3, ["connection cut after it was done", { drop: "after" }]],
      [2, ["429", { status: 429, headers: { "retry-after": "1" }, message: "Too many requests" }]],
      [
        2,
        [
          "403 secondary limit",
          { status: 403, headers: { "retry-after": String(dice.whole(1, 3)) }, message: secondary },
        ],
      ],
    );
    tally.add(`GitHub: ${name}`);
    return made;
  };

  return () => {
    if (now() >= outageBegins) {
      tally.add("GitHub: outages of a few seconds");
      outageEnds = now() + dice.between(1_000, 4_000);
      outageBegins = outageEnds + dice.between(20_000, 60_000);
    }
    return dice.chance(now() < outageEnds ? 0.5 : 0.03) ? fault() : undefined;
  };
}
