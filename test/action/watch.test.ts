import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Service, ServiceError } from "../../src/action/service.ts";
import { watch } from "../../src/action/watch.ts";
import type { ExecutionView } from "../../src/api/view.ts";

const minute = 60_000;
const signal = new AbortController().signal;
const atOnce = { next: () => Promise.resolve(), reset: () => {} };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function event(revision: number, ended: boolean): string {
  return `: \n\nid: ${revision}\r\nevent: execution\r\ndata: {"revision":${revision},\r\ndata: "ended_at":${ended ? '""' : null}}\r\n\r\n`;
}

/** Each connection as what comes on it, cut into pieces, or for how long (ms) it was tried in vain. */
function serviceOf(connections: (readonly string[] | number)[]): Service {
  return {
    ask: () => Promise.reject(new Error("nothing is asked")),
    open() {
      const next = connections.shift() ?? 0;
      if (typeof next !== "number") {
        const pieces = ReadableStream.from(next.map((piece) => new TextEncoder().encode(piece)));
        return Promise.resolve(new Response(pieces));
      }
      vi.setSystemTime(Date.now() + next);
      return Promise.reject(new ServiceError([{ code: "HOS904", message: "away" }], { passing: true }));
    },
  };
}

async function revisions(service: Service): Promise<readonly number[]> {
  const views: ExecutionView[] = [];
  for await (const view of watch(service, "e", signal, atOnce)) views.push(view);
  return views.map(({ revision }) => revision);
}

test("each revision is heard once, in whatever pieces and over however many connections it comes", async () => {
  const first = event(1, false);
  const service = serviceOf([
    [first.slice(0, 20), first.slice(20)],
    [event(1, false), event(2, false)],
    [event(3, true), event(4, true)],
  ]);
  expect(await revisions(service)).toEqual([1, 2, 3]);
});

test("a service that is away for long is given up, but not one that is away often", async () => {
  const open = [": \n\n"];
  const often = [9 * minute, 9 * minute, open, 9 * minute, 9 * minute, open, [event(1, true)]];
  expect(await revisions(serviceOf(often))).toEqual([1]);
  const long = [9 * minute, 9 * minute, 9 * minute, [event(1, true)]];
  await expect(revisions(serviceOf(long))).rejects.toThrow("away");
});
