import type { Commanded } from "../core/event.ts";
import type { Execution } from "../core/execution.ts";
import type { Delivery } from "../engine/ports/index.ts";
import { listAll } from "./lists.ts";
import { listAt, numberAt, textAt } from "./payload.ts";
import { type Room, shortId } from "./room.ts";

/** Who is noted for what nobody commanded; no login has a space. */
const BY = "the installation";

const commands: ReadonlyMap<string, Commanded["command"]> = new Map([
  ["installation.deleted", "cancel"],
  ["installation.suspend", "pause"],
  ["installation.unsuspend", "resume"],
  ["installation_repositories.removed", "cancel"],
]);

/**
 * An uninstalled App cancels its executions, a suspended one pauses them: without a token nothing more can be done. What
 * a person paused stays paused when the suspension ends. Null where the delivery is of another kind.
 */
export async function followInstallation(
  { engine, stores }: Room,
  { id, event, payload, receivedAt }: Delivery,
): Promise<readonly string[] | null> {
  const name = `${event}.${textAt(payload, "action") ?? ""}`;
  const command = commands.get(name);
  const installation = numberAt(payload, "installation", "id");
  if (command === undefined || installation === null) return null;
  const removed = new Set(listAt(payload, "repositories_removed").map((one) => numberAt(one, "id")));
  const concerned = (execution: Execution) =>
    execution.installation === installation &&
    (event === "installation" || removed.has(execution.repository.id)) &&
    (command !== "resume" || pausedByUs(execution));
  const states = command === "resume" ? (["paused"] as const) : (["running", "paused"] as const);
  const notes: string[] = [];
  for (const execution of await listAll(stores.executions, { states })) {
    if (!concerned(execution)) continue;
    const body: Commanded = { type: "commanded", id, command, by: BY, step: null, reason: name };
    // What is paused already can't be paused again; the engine says so, and nothing is lost.
    if ((await engine.check(execution, body)) !== null) continue;
    await engine.send({ id, executionId: execution.id, at: receivedAt, body });
    notes.push(`${command} for ${execution.workflow.stem} ${shortId(execution.id)}`);
  }
  return notes;
}

function pausedByUs({ timeline }: Execution): boolean {
  return timeline.findLast(({ what }) => what === "pause")?.by === BY;
}
