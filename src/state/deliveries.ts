import { isObject } from "../core/json.ts";
import type { Delivery, DeliveryStore } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import { keyOf } from "./keys.ts";
import type { Database } from "./storage.ts";

export function openDeliveries(database: Database): DeliveryStore {
  const documents = openDocuments<Delivery>(database, "deliveries", (delivery) => ({
    received_at: delivery.receivedAt,
    // Only whether there is one is asked for.
    outcome: delivery.outcome?.slice(0, 200) ?? null,
    repository: repositoryOf(delivery),
    event: delivery.event,
  }));
  const table = database.name("deliveries");

  return {
    async add(delivery) {
      return (await documents.insert(keyOf(delivery.id), delivery)) === "created";
    },
    async get(id) {
      return (await documents.get(keyOf(id))) ?? null;
    },
    async update(delivery) {
      await documents.set(keyOf(delivery.id), delivery);
    },
    async unfinished(limit) {
      const rows = await database.select(
        `SELECT value FROM ${table} WHERE outcome IS NULL ORDER BY received_at, key LIMIT $1`,
        [limit],
      );
      return documents.read(rows);
    },
    async recent({ repository, events, limit }) {
      if (events.length === 0) return [];
      const places = events.map((_, index) => `$${index + 3}`).join(", ");
      const rows = await database.select(
        `SELECT value FROM ${table} WHERE repository = $1 AND event IN (${places})
         ORDER BY received_at DESC, key LIMIT $2`,
        [repository, limit, ...events],
      );
      return documents.read(rows);
    },
  };
}

/** The payload is anything that was signed; only a whole number can be a repository's id. */
function repositoryOf({ payload }: Delivery): number | null {
  const repository = payload["repository"];
  const id = isObject(repository) ? repository["id"] : null;
  return Number.isSafeInteger(id) ? (id as number) : null;
}
