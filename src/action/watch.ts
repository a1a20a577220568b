import type { ExecutionView } from "../api/view.ts";
import { say } from "./report.ts";
import { createBackoff, type Service, ServiceError } from "./service.ts";

/** A service that is renewed is back in less; one that stays away is told of. */
const patienceMs = 10 * 60_000;
/** A line on which nothing came for so long is dead: the service sends a sign of life every 15 seconds. */
const silenceMs = 60_000;

/**
 * An execution at every change until it has ended; a connection that breaks is made again, behind what was seen.
 * @throws ServiceError where the service stays away or refuses; the signal's reason once that is aborted
 */
export async function* watch(
  service: Service,
  id: string,
  signal: AbortSignal,
  backoff = createBackoff(),
): AsyncGenerator<ExecutionView, void> {
  let seen = -1;
  let awaySince: number | null = null;
  const onOpen = () => {
    if (awaySince !== null) say("connected again");
    awaySince = null;
  };
  for (;;) {
    try {
      for await (const view of connection(service, id, seen, { signal, onOpen })) {
        backoff.reset();
        if (view.revision <= seen) continue;
        seen = view.revision;
        yield view;
        if (view.ended_at !== null) return;
      }
      // Ended by the service, which is stopping, or a proxy, which has had enough.
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ServiceError) || !error.passing) throw error;
      if (awaySince !== null && Date.now() - awaySince > patienceMs) throw error;
      if (awaySince === null) say(`${error.message}; trying again`);
      awaySince ??= Date.now();
    }
    await backoff.next(signal);
  }
}

/** Server-Sent Events as https://html.spec.whatwg.org/multipage/server-sent-events.html has them. */
async function* connection(
  service: Service,
  id: string,
  seen: number,
  { signal, onOpen }: { readonly signal: AbortSignal; readonly onOpen: () => void },
): AsyncGenerator<ExecutionView, void> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), silenceMs);
  const headers = { accept: "text/event-stream", ...(seen >= 0 && { "last-event-id": String(seen) }) };
  try {
    const answer = await service.open(
      `/executions/${id}/events`,
      headers,
      AbortSignal.any([signal, silent.signal]),
    );
    onOpen();
    let text = "";
    for await (const chunk of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      timer.refresh();
      const events = `${text}${chunk}`.replaceAll("\r", "").split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = [...event.matchAll(/^data: ?(.*)$/gm)].map(([, line = ""]) => line).join("\n");
        if (data !== "") yield JSON.parse(data) as ExecutionView;
      }
    }
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    // What breaks while it is read is a connection that breaks.
    const message = "the connection to the service has ended";
    throw new ServiceError([{ code: "HOS904", message }], { passing: true, cause: error });
  } finally {
    clearTimeout(timer);
  }
}
