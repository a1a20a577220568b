import type { Execution } from "../src/core/execution.ts";
import { formatProblem } from "../src/core/problem.ts";
import { isTerminal } from "../src/core/tables.ts";
import { loadWorkflow } from "../src/definition/index.ts";
import { systemClock } from "../src/engine/clock/system.ts";
import { createEngine } from "../src/engine/engine.ts";
import type { StartRequest, StepRunner } from "../src/engine/ports/index.ts";
import { createInProcessQueue } from "../src/queue/in-process.ts";
import type { Ground } from "./ground.ts";
import { firstNumber, startOf } from "./load.ts";
import { Racer } from "./racer.ts";
import { percentile } from "./samples.ts";

/** What one way to repeat takes at both ends of a long repeat. */
export interface RepeatRow {
  readonly what: string;
  readonly iterations: number;
  /** How many iterations of each end are measured. */
  readonly window: number;
  /** The first ones of an execution that begins while the other is at its last. */
  readonly start: RepeatEnd;
  readonly end: RepeatEnd;
  /** Median of the first ones of the very execution whose last ones are `end`, some seconds before. */
  readonly earlierMicroseconds: number;
}

export interface RepeatEnd {
  /** Medians and means of one iteration. */
  readonly medianMicroseconds: number;
  readonly meanMicroseconds: number;
  /** The document as it is stored. */
  readonly bytes: number;
}

export interface RepeatSize {
  readonly iterations: number;
  readonly window: number;
  /** Iterations after which the other end has its turn. */
  readonly slice: number;
  readonly warmUp: number;
}

const inputs =
  "inputs: { iterations: { type: integer } }\nlimits: { max_steps: 1000000 }\npermissions: { issues: write }\n";
const repeat = 'repeat: { until: "index + 1 >= input.iterations", max: 100000 }';
const ask = 'action: http.request, inputs: { url: "https://ci.example.com/runs/{{ index }}" }';

const ways: readonly { readonly what: string; readonly text: string; readonly stepsInside: number }[] = [
  {
    what: "one action",
    text: `name: Poll\n${inputs}steps:\n  - { id: poll, ${ask}, ${repeat} }\n`,
    stepsInside: 1,
  },
  {
    what: "a group of two steps",
    text: `name: Poll\n${inputs}steps:
  - id: poll
    ${repeat}
    steps:
      - { id: ask, ${ask} }
      - { id: tell, action: comment.sticky, inputs: { body: "It is {{ steps.ask.output.body.state }}" } }\n`,
    stepsInside: 2,
  },
];

/**
 * Iterations of long repeats, through the engine on the embedded store. One execution goes ahead to its last ones, and
 * then takes turns with one that begins, so that whatever else the machine does slows both.
 */
export async function measureRepeats(
  { stores }: Pick<Ground, "stores">,
  size: RepeatSize,
): Promise<readonly RepeatRow[]> {
  const racers = new Map<string, Racer>();
  const racerOf = ({ id }: Pick<Execution, "id">) => {
    const racer = racers.get(id) ?? new Racer();
    racers.set(id, racer);
    return racer;
  };
  const runner: StepRunner = {
    async run({ execution, step }) {
      await racerOf(execution).step();
      const body = { id: 9_001, state: "in_progress", queue: "default" };
      const output = step.id === "tell" ? { id: 1, html_url: "https://github.com/" } : { status: 200, body };
      return { type: "succeeded", output, effects: [] };
    },
  };
  const engine = createEngine({
    stores,
    queue: createInProcessQueue({ concurrency: 2 }),
    clock: systemClock,
    runners: { agent: runner, action: runner },
    observer: {
      saved(_, after) {
        racerOf(after).saw(after);
      },
    },
    reporter: {
      changed(execution) {
        if (isTerminal(execution.state)) racerOf(execution).end(execution);
      },
    },
  });
  const start = async (request: StartRequest, stepsInside: number) => {
    const started = await engine.start(request);
    if (started.result !== "created") throw new Error(JSON.stringify(started));
    const racer = racerOf(started.execution);
    racer.stepsInside = stepsInside;
    return racer;
  };
  await engine.run();
  const rows: RepeatRow[] = [];
  let number = 2 * firstNumber;
  for (const { what, text, stepsInside } of ways) {
    const run = (iterations: number) => start(requestOf(text, number++, iterations), stepsInside);
    const warmUp = await run(size.warmUp);
    await warmUp.go(size.warmUp);
    await warmUp.ended;

    const old = await run(size.iterations);
    await old.go(size.iterations - size.window);
    const earlier = percentile(old.eachMs.slice(0, size.window), 0.5) * 1000;
    const young = await run(size.window);
    old.forget();
    for (let done = 0; done < size.window; done += size.slice) {
      // Nobody always comes after the same one.
      const turns = (done / size.slice) % 2 === 0 ? [young, old] : [old, young];
      for (const racer of turns) await racer.go(size.slice);
    }
    await Promise.all([old.ended, young.ended]);
    const { iterations, window } = size;
    const ends = { start: endOf(young), end: endOf(old), earlierMicroseconds: earlier };
    rows.push({ what, iterations, window, ...ends });
  }
  await engine.stop();
  return rows;
}

function requestOf(text: string, number: number, iterations: number): StartRequest {
  const loaded = loadWorkflow(text, ".hishamos/poll.yml");
  if (!("workflow" in loaded)) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return { ...startOf(number), workflow: loaded.workflow, text, input: { iterations } };
}

function endOf({ eachMs, bytes }: Racer): RepeatEnd {
  return {
    medianMicroseconds: percentile(eachMs, 0.5) * 1000,
    meanMicroseconds: (eachMs.reduce((sum, each) => sum + each, 0) / eachMs.length) * 1000,
    bytes,
  };
}
