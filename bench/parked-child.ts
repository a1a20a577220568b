import { systemClock } from "../src/engine/clock/system.ts";
import { createEngine } from "../src/engine/engine.ts";
import { dismissed, given, residentMb, say } from "./children.ts";
import { type Home, openHomeQueue, openHomeStores } from "./home.ts";
import { firstNumber, startOf } from "./load.ts";
import { parkingRunner } from "./parking.ts";
import { each, percentile } from "./samples.ts";

export interface ParkedGiven {
  readonly home: Home;
  readonly executions: number;
  readonly wakes: number;
}

export interface ParkedFound {
  /** Before the engine began, when it had taken up what there was, and after the wakes. */
  readonly emptyMb: number;
  readonly runningMb: number;
  readonly wokenMb: number;
  /** Until it had taken up what an earlier process left. */
  readonly startSeconds: number;
  /** From the event to the call of the next step's runner, one after the other and ten at once. */
  readonly alone: { readonly p50Ms: number; readonly p99Ms: number };
  readonly ten: { readonly p50Ms: number; readonly p99Ms: number };
}

const { home, executions, wakes } = given() as ParkedGiven;
const stores = await openHomeStores(home);
const queue = await openHomeQueue(home, 100);
const called = new Map<string, () => void>();
const runner = parkingRunner((id) => called.get(id)?.());
const engine = createEngine({
  stores,
  queue,
  clock: systemClock,
  runners: { agent: runner, action: runner },
});
const emptyMb = residentMb();
const began = performance.now();
await engine.run();
await engine.idle();
const startSeconds = (performance.now() - began) / 1000;
const runningMb = residentMb();
const { actor, repository } = startOf(firstNumber);

/** As the service does it: who is concerned is found in the store, and told. */
async function wake(number: number): Promise<number> {
  const before = performance.now();
  const found = await stores.executions.list({
    repository: repository.id,
    states: ["running", "paused"],
    subject: number,
  });
  const [execution] = found.executions;
  if (!execution) throw new Error(`nothing waits for ${number}`);
  const { promise, resolve } = Promise.withResolvers<void>();
  called.set(execution.id, resolve);
  const id = `delivery-${number}`;
  const payload = { action: "created", sender: { login: actor }, comment: { body: "Any news?" } };
  const body = { type: "event_received", id, name: "issue_comment.created", payload } as const;
  await engine.send({ id, executionId: execution.id, at: systemClock.now(), body });
  await promise;
  called.delete(execution.id);
  return performance.now() - before;
}

// All over the table, each once; the first ones so that nobody measures the compiler.
const numbers = Array.from(
  { length: wakes * 3 },
  (_, index) => firstNumber + 1 + Math.floor((index * executions) / (wakes * 3)),
);
const timed = async (some: readonly number[], atOnce: number) => {
  const eachMs: number[] = [];
  await each(some, atOnce, async (number) => void eachMs.push(await wake(number)));
  return { p50Ms: percentile(eachMs, 0.5), p99Ms: percentile(eachMs, 0.99) };
};
await timed(numbers.slice(0, wakes), 10);
const alone = await timed(numbers.slice(wakes, wakes * 2), 1);
const ten = await timed(numbers.slice(wakes * 2), 10);
say({
  emptyMb,
  runningMb,
  wokenMb: residentMb(),
  startSeconds,
  alone,
  ten,
} satisfies ParkedFound);
await dismissed();
await engine.stop();
await stores.close();
