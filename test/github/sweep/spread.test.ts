import { expect, test } from "vitest";
import { SimulatedClock } from "../../../src/engine/clock/simulated.ts";
import { silentLog } from "../../../src/engine/ports/index.ts";
import type { Room } from "../../../src/github/room.ts";
import {
  type LabelSweepState,
  labelStateOf,
  labelStateToJson,
  sweepLabels,
} from "../../../src/github/sweep/labels.ts";
import type { Installed, RepositoryReader } from "../../../src/github/sweep/repositories.ts";

const minute = 60_000;
const { signal } = new AbortController();

/** So many repositories of an installation, with ids from `first`. */
function some(installation: number, first: number, count: number): readonly Installed[] {
  return Array.from({ length: count }, (_, at) => {
    const id = first + at;
    return { id, owner: "acme", name: `r${id}`, installation, defaultBranch: "main" };
  });
}

function reader(all: readonly Installed[]): RepositoryReader {
  return {
    installations: async () => [...new Set(all.map(({ installation }) => installation))],
    repositories: async (id) => all.filter(({ installation }) => installation === id),
  };
}

/** A room in which only definitions are asked for. */
function room(clock: SimulatedClock, newest: (repository: Installed) => Promise<null>): Room {
  const definitions = { newest: (_octokit: unknown, repository: Installed) => newest(repository) };
  const clients = { installation: () => ({}) };
  return { clock, log: silentLog, definitions, clients } as unknown as Room;
}

const limited = Object.assign(new Error("rate limited"), {
  status: 429,
  response: { headers: { "retry-after": "60" } },
});

test("more repositories than one sweep looks at have their turn in the next, the longest waiting first", async () => {
  const clock = new SimulatedClock();
  const asked: number[] = [];
  const here = room(clock, async ({ id }) => {
    asked.push(id);
    return null;
  });
  const repositories = reader(some(1, 1, 5));
  let state: LabelSweepState = new Map();
  const sweep = async () => {
    const options = { room: here, repositories, signal, waits: () => false, most: 2 };
    const { state: after } = await sweepLabels(options, state);
    state = labelStateOf(labelStateToJson(after));
    clock.advance(15 * minute);
    return asked.splice(0);
  };
  // The first look at each asks nothing yet.
  for (let at = 0; at < 3; at++) await sweep();
  expect([...state.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  const turns = [await sweep(), await sweep(), await sweep(), await sweep()];
  expect(turns.map(({ length }) => length)).toEqual([2, 2, 2, 2]);
  expect(new Set(turns.flat())).toEqual(new Set([1, 2, 3, 4, 5]));
});

test("an installation that GitHub answers no more for now is left, the others are looked at", async () => {
  const clock = new SimulatedClock();
  const asked: number[] = [];
  const here = room(clock, async ({ id, installation }) => {
    asked.push(id);
    if (installation === 1) throw limited;
    return null;
  });
  const all = [...some(1, 1, 50), ...some(2, 101, 3)];
  const before = new Map(all.map(({ id }) => [id, { readTo: clock.now() - 60 * minute, etag: null }]));
  const options = { room: here, repositories: reader(all), signal, waits: () => false };
  const { state, error } = await sweepLabels(options, before);
  expect(error).toMatch(/rate limited/);
  expect(asked.filter((id) => id < 100).length).toBeLessThanOrEqual(4);
  expect(asked.filter((id) => id > 100)).toEqual([101, 102, 103]);
  expect(state.get(50)).toEqual(before.get(50));
  expect(state.get(101)?.readTo).toBe(clock.now() - 10 * minute);
});

test("what is known of repositories outlives a list that can't be read, and not their end", async () => {
  const clock = new SimulatedClock();
  const here = room(clock, async () => null);
  const before = new Map([[1, { readTo: 1, etag: "e" }]]);
  const away: RepositoryReader = {
    installations: async () => [1],
    repositories: () => Promise.reject(new Error("connection lost")),
  };
  const common = { room: here, signal, waits: () => false };
  const first = await sweepLabels({ ...common, repositories: away }, before);
  expect(first).toMatchObject({ error: "installation 1: connection lost", looked: 0 });
  expect(first.state).toEqual(before);
  const second = await sweepLabels({ ...common, repositories: reader(some(1, 2, 1)) }, before);
  expect([...second.state.keys()]).toEqual([2]);
});
