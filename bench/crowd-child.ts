import { isTerminal } from "../src/core/tables.ts";
import { systemClock } from "../src/engine/clock/system.ts";
import { createEngine } from "../src/engine/engine.ts";
import type { StepRunner } from "../src/engine/ports/index.ts";
import { dismissed, given, residentMb, say } from "./children.ts";
import { type Home, openHomeQueue, openHomeStores } from "./home.ts";
import { firstNumber, resultOf, startOf, stepsPerExecution } from "./load.ts";
import { each } from "./samples.ts";

export interface CrowdGiven {
  readonly home: Home;
  readonly executions: number;
  /** How many are in the middle of a step while the others wait for their turn. */
  readonly active: number;
}

export interface CrowdFound {
  /** Before there was any execution, and while all were unfinished and so many in a step. */
  readonly emptyMb: number;
  readonly heldMb: number;
  /** The most that it ever was, until all were at their ends. */
  readonly peakMb: number;
  readonly startsPerSecond: number;
  readonly stepsPerSecond: number;
}

const { home, executions, active } = given() as CrowdGiven;
const stores = await openHomeStores(home);
const queue = await openHomeQueue(home, active);
const full = Promise.withResolvers<void>();
const gate = Promise.withResolvers<void>();
const over = Promise.withResolvers<void>();
let inside = 0;
let ended = 0;
const runner: StepRunner = {
  async run({ step }) {
    inside += 1;
    if (inside === active) full.resolve();
    await gate.promise;
    return resultOf(step.id);
  },
};
const engine = createEngine({
  stores,
  queue,
  clock: systemClock,
  runners: { agent: runner, action: runner },
  reporter: {
    changed({ state }) {
      if (!isTerminal(state)) return;
      ended += 1;
      if (ended === executions) over.resolve();
    },
  },
});
await engine.run();
const emptyMb = residentMb();
const numbers = Array.from({ length: executions }, (_, index) => firstNumber + index);
const began = performance.now();
await each(numbers, 100, async (number) => void (await engine.start(startOf(number))));
const startedMs = performance.now() - began;
await full.promise;
const heldMb = residentMb();
const opened = performance.now();
gate.resolve();
await over.promise;
const seconds = (performance.now() - opened) / 1000;
// Of the operating system, which has seen it all (KB).
const peakMb = process.resourceUsage().maxRSS / 1024;
say({
  emptyMb,
  heldMb,
  peakMb,
  startsPerSecond: executions / (startedMs / 1000),
  stepsPerSecond: (executions * stepsPerExecution) / seconds,
} satisfies CrowdFound);
await dismissed();
await engine.stop();
await stores.close();
