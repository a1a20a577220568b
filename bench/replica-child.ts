import { isTerminal } from "../src/core/tables.ts";
import { systemClock } from "../src/engine/clock/system.ts";
import { createEngine } from "../src/engine/engine.ts";
import type { StepRunner } from "../src/engine/ports/index.ts";
import { dismissed, given, say, told } from "./children.ts";
import { openHomeQueue, openHomeStores } from "./home.ts";
import { firstNumber, resultOf, startOf } from "./load.ts";
import { each } from "./samples.ts";

export interface ReplicaGiven {
  readonly url: string;
  /** It starts so many executions from this one on. */
  readonly first: number;
  readonly count: number;
}

const { first, count, ...home } = given() as ReplicaGiven;
const stores = await openHomeStores(home);
const queue = await openHomeQueue(home, 100);
const runner: StepRunner = {
  async run({ step }) {
    return resultOf(step.id);
  },
};
let ended = 0;
const engine = createEngine({
  stores,
  queue,
  clock: systemClock,
  runners: { agent: runner, action: runner },
  reporter: {
    changed({ state }) {
      if (isTerminal(state)) ended += 1;
    },
  },
});
await engine.run();
const go = told();
say("ready");
await go;
// Told a hundred times a second, so that counting costs nothing; which of the processes ended what is all the same.
const telling = setInterval(() => {
  if (ended > 0) say(ended);
  ended = 0;
}, 10);
const numbers = Array.from({ length: count }, (_, index) => firstNumber + first + index);
await each(numbers, 100, async (number) => void (await engine.start(startOf(number))));
await dismissed();
clearInterval(telling);
await engine.stop();
await stores.close();
