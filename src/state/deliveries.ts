import type { Delivery, DeliveryStore } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import { keyOf } from "./keys.ts";
import type { Database } from "./storage.ts";

export function openDeliveries(database: Database): DeliveryStore {
  const documents = openDocuments<Delivery>(database, "deliveries", (delivery) => ({
    received_at: delivery.receivedAt,
    // Only whether there is one is asked for.
    outcome: delivery.outcome?.slice(0, 200) ?? null,
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
  };
}
