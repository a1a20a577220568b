import type { Execution } from "../src/core/execution.ts";
import { isTerminal } from "../src/core/tables.ts";
import { systemClock } from "../src/engine/clock/system.ts";
import { createEngine } from "../src/engine/engine.ts";
import { createInProcessQueue } from "../src/queue/in-process.ts";
import { Child } from "./children.ts";
import { type GroundName, groundNames } from "./ground.ts";
import { type Home, makeHome, openHomeStores } from "./home.ts";
import { firstNumber } from "./load.ts";
import type { ParkedFound, ParkedGiven } from "./parked-child.ts";
import { idOf, parkingRunner, parkingStart } from "./parking.ts";
import { each } from "./samples.ts";

/** Many executions that wait for an event, and what one process pays for them. */
export interface ParkedRow extends ParkedFound {
  readonly ground: GroundName;
  readonly executions: number;
}

export interface ParkedSize {
  readonly executions: number;
  /** How many of them are woken, one after the other, and so many times ten at once. */
  readonly wakes: number;
}

export async function measureParked(size: ParkedSize): Promise<readonly ParkedRow[]> {
  const rows: ParkedRow[] = [];
  for (const ground of groundNames) {
    const place = await makeHome(ground);
    const { home } = place;
    try {
      await park(home, size.executions);
      const child = new Child("parked-child.ts", { ...size, home } satisfies ParkedGiven);
      try {
        rows.push({ ground, executions: size.executions, ...((await child.said()) as ParkedFound) });
      } finally {
        await child.end();
      }
    } finally {
      await place.remove();
    }
  }
  return rows;
}

/** One goes to its wait; the others are stored as it was then, under numbers and ids of their own. */
async function park(home: Home, executions: number): Promise<void> {
  const stores = await openHomeStores(home);
  const parked = Promise.withResolvers<Execution>();
  const engine = createEngine({
    stores,
    queue: createInProcessQueue({ concurrency: 1 }),
    clock: systemClock,
    runners: { agent: parkingRunner(() => {}), action: parkingRunner(() => {}) },
    reporter: {
      changed(execution) {
        const run = execution.steps["wait"]?.runs.at(-1);
        if (run?.state === "running" && run.waiting) parked.resolve(execution);
        else if (isTerminal(execution.state)) parked.reject(new Error(`it is ${execution.state}`));
      },
    },
  });
  await engine.run();
  await engine.start(parkingStart(firstNumber));
  const first = await parked.promise;
  await engine.stop();
  const numbers = Array.from({ length: executions }, (_, index) => firstNumber + 1 + index);
  await each(numbers, 500, async (number) => {
    const subject = first.subject && { ...first.subject, number };
    await stores.executions.create({
      ...first,
      id: idOf(number),
      subject,
      slot: first.slot && first.slot.replace(String(firstNumber), String(number)),
    });
  });
  await stores.close();
}
