import type { Clock } from "../ports/clock.ts";

// setTimeout takes 31 bits; longer waits are made of several.
const longestTimeoutMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  at(at, call) {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const left = at - Date.now();
      timer =
        left > longestTimeoutMs ? setTimeout(arm, longestTimeoutMs) : setTimeout(call, Math.max(0, left));
    };
    arm();
    return () => clearTimeout(timer);
  },
};
