import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Json } from "./core/json.ts";
import type { Clock } from "./engine/ports/clock.ts";
import type { Members, NoteStore } from "./engine/ports/members.ts";
import type { SharedQueue } from "./engine/ports/queue.ts";
import { Late, within } from "./engine/ports/within.ts";

export interface HealthOptions {
  readonly notes: Pick<NoteStore, "get">;
  readonly members: Pick<Members, "self" | "alive">;
  /** Absent where the queue is in the process. */
  readonly shared?: Pick<SharedQueue, "answeredAt"> | undefined;
  readonly clock: Clock;
}

export interface Health {
  /**
   * Answers `/healthz` (200: the process lives) and `/readyz` (200: it can work, else 503; the body says why); false, and
   * nothing touched, for any other request. Never rejects.
   */
  answer(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /** What the service is at: it is ready only while it runs, and at first it starts. */
  set(phase: Phase): void;
}

export type Phase = "starting" | "running" | "stopping";

/** Of a part that answered: how long it took, or for the queue how long ago it answered (ms). */
type Check = { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly error: string };

interface Readiness {
  readonly status: "ready" | "unavailable";
  readonly checks: { readonly service: Check; readonly store: Check; readonly queue: Check };
  readonly replica: string;
  readonly version: string;
  /** The note of the last sweep of deliveries, and how many processes live, as far as is known. */
  readonly sweep: Json;
  readonly members: number | null;
}

/** How long the store may take for a trivial read. */
const storeMs = 2_000;
/** The queue is asked each second at least. */
const queueMs = 5_000;
/** So that probes, however many, don't load the database. */
const cacheMs = 1_000;

export function createHealth({ notes, members, shared, clock }: HealthOptions): Health {
  const version = readVersion();
  let phase: Phase = "starting";
  let known: { readonly sweep: Json; readonly members: number | null } = { sweep: null, members: null };
  let pending: Promise<void> | null = null;
  let last: { readonly at: number; readonly store: Promise<Check> } | null = null;

  /** One read at a time: what hangs is not asked again and again. */
  function read(): Promise<void> {
    pending ??= ask().finally(() => {
      pending = null;
    });
    return pending;
  }

  async function ask(): Promise<void> {
    const [sweep, alive] = await Promise.all([notes.get("sweep"), members.alive()]);
    known = { sweep, members: alive.length };
  }

  async function checkStore(): Promise<Check> {
    const began = clock.now();
    try {
      await within(clock, storeMs, read());
      return { ok: true, ms: clock.now() - began };
    } catch (error) {
      return { ok: false, error: error instanceof Late ? error.message : codeOf(error) };
    }
  }

  function checkQueue(): Check {
    if (shared === undefined) return { ok: true, ms: 0 };
    const at = shared.answeredAt();
    if (at === null) return { ok: false, error: "no answer yet" };
    const ms = clock.now() - at;
    return ms <= queueMs ? { ok: true, ms } : { ok: false, error: `no answer for ${ms} ms` };
  }

  async function readiness(): Promise<Readiness> {
    const now = clock.now();
    if (last === null || now - last.at >= cacheMs) last = { at: now, store: checkStore() };
    const store = await last.store;
    const queue = checkQueue();
    const service: Check = phase === "running" ? { ok: true, ms: 0 } : { ok: false, error: phase };
    const status = service.ok && store.ok && queue.ok ? "ready" : "unavailable";
    return { status, checks: { service, store, queue }, replica: members.self, version, ...known };
  }

  return {
    async answer(req, res) {
      if (req.method !== "GET" && req.method !== "HEAD") return false;
      const path = (req.url ?? "").split("?", 1)[0];
      if (path !== "/healthz" && path !== "/readyz") return false;
      const body = path === "/healthz" ? { status: "ok" } : await readiness();
      const code = body.status === "unavailable" ? 503 : 200;
      res.writeHead(code, { "content-type": "application/json", "cache-control": "no-store" });
      res.end(req.method === "HEAD" ? undefined : JSON.stringify(body));
      return true;
    },
    set(next) {
      phase = next;
    },
  };
}

/** As `ECONNREFUSED` or `53300`: a message may name hosts and users, and anybody may ask. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? code : "no answer";
}

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
