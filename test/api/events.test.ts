import { afterEach, beforeEach, expect, test } from "vitest";
import { anExecution, nextRevision } from "../support/execution.ts";
import { type Bench, openBench } from "./support.ts";

const id = "ef".repeat(16);
const path = `/api/v1/workflows/executions/${id}`;
let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await bench.stores.executions.create(anExecution({ id }));
});
afterEach(() => bench.close());

/** Server-Sent Events as a client reads them. */
async function listen(query = "", headers: Record<string, string> = {}, token = "maya") {
  const over = new AbortController();
  const answer = await fetch(`${bench.url}${path}/events${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: over.signal,
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    answer,
    close: () => over.abort(),
    /** The next event's id and data, whatever beats come between; null at the end. */
    async next(): Promise<{ id: number; state: string } | null> {
      for (;;) {
        const [whole, event] = /^(?:: \n\n)*(id: [\s\S]*?\n\n)/.exec(text) ?? [];
        if (whole !== undefined && event !== undefined) {
          text = text.slice(whole.length);
          const data = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "");
          return { id: Number(/^id: (\d+)$/m.exec(event)?.[1]), state: data.state };
        }
        const chunk = await reader?.read();
        if (!chunk || chunk.done) return null;
        text += chunk.value;
      }
    },
  };
}

/** Saved by this process, or by another one: then nobody tells. */
async function save(state: "running" | "paused" | "completed", told: boolean): Promise<void> {
  const stored = await bench.stores.executions.load(id);
  if (stored === null) throw new Error("it is gone");
  const next = nextRevision(stored, { state });
  expect(await bench.stores.executions.save(next)).toBe(true);
  if (told) bench.api.saved(next);
}

test("a watcher hears where it stands, and each change of this process at once", async () => {
  const events = await listen();
  expect(events.answer.headers.get("content-type")).toContain("text/event-stream");
  expect(await events.next()).toEqual({ id: 1, state: "running" });
  await save("paused", true);
  expect(await events.next()).toEqual({ id: 2, state: "paused" });
  events.close();
});

test("what another process saves is heard within a second", async () => {
  const events = await listen();
  await events.next();
  await save("completed", false);
  bench.clock.advance(1_000);
  expect(await events.next()).toEqual({ id: 2, state: "completed" });
  events.close();
});

test.for([
  ["the last event's id", "", { "last-event-id": "1" }],
  ["a revision", "?after=1", {}],
] as const)("who comes again with %s misses nothing and hears nothing twice", async ([, query, headers]) => {
  const before = await listen();
  await before.next();
  before.close();
  await save("paused", false);
  await save("running", false);
  const again = await listen(query, { ...headers });
  expect(await again.next()).toEqual({ id: 3, state: "running" });
  await save("completed", true);
  expect(await again.next()).toEqual({ id: 4, state: "completed" });
  again.close();
});

test("who has seen the newest state knows at once that the line is open", async () => {
  const events = await listen("?after=1");
  expect(events.answer.status).toBe(200);
  events.close();
});

test("a WebSocket hears the same, its token in a protocol as a browser sends it", async () => {
  const token = Buffer.from("maya").toString("base64url");
  const socket = new WebSocket(`${bench.url.replace("http", "ws")}${path}/stream`, [
    "hishamos",
    `bearer.${token}`,
  ]);
  const heard: { revision: number; state: string }[] = [];
  let wake = () => {};
  socket.addEventListener("message", ({ data }) => {
    heard.push(JSON.parse(String(data)));
    wake();
  });
  const until = async (count: number) => {
    while (heard.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  await until(1);
  expect(socket.protocol).toBe("hishamos");
  await save("paused", true);
  await until(2);
  expect(heard.map(({ revision, state }) => [revision, state])).toEqual([
    [1, "running"],
    [2, "paused"],
  ]);
  socket.close();
});

test("a WebSocket of somebody who may not see it is refused", async () => {
  const token = Buffer.from("eve").toString("base64url");
  const socket = new WebSocket(`${bench.url.replace("http", "ws")}${path}/stream`, [`bearer.${token}`]);
  await new Promise<void>((resolve) => {
    socket.addEventListener("error", () => resolve());
  });
  expect(socket.readyState).toBe(WebSocket.CLOSED);
});

test("what may not be seen is not there", async () => {
  expect((await listen("", {}, "eve")).answer.status).toBe(404);
});

test("streams end when the service stops", async () => {
  const events = await listen();
  await events.next();
  await bench.api.stop();
  expect(await events.next()).toBeNull();
});
