import type { Message, MessageStore } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import { keyOf } from "./keys.ts";
import type { Database } from "./storage.ts";

export function openMessages(database: Database): MessageStore {
  const documents = openDocuments<Message>(database, "messages", (message) => ({
    execution_id: message.executionId,
    at: message.at,
  }));
  const table = database.name("messages");

  return {
    async add(message) {
      return (await documents.insert(key(message.executionId, message.id), message)) === "created";
    },

    async list(executionId) {
      const rows = await database.select(`SELECT value FROM ${table} WHERE execution_id = $1`, [executionId]);
      return documents.read(rows).toSorted(byTimeThenId);
    },

    async remove(executionId, ids) {
      if (ids.length > 0) await documents.keyv.delete(ids.map((id) => key(executionId, id)));
    },

    async waiting(limit, afterId = null, received = always) {
      const rows = await database.select(
        `SELECT DISTINCT execution_id FROM ${table}
         WHERE execution_id > $1 AND at BETWEEN $2 AND $3 ORDER BY execution_id LIMIT $4`,
        [afterId ?? "", received.from, received.until, limit],
      );
      return rows.map((row) => String(row["execution_id"]));
    },
  };
}

/** Any time there is. */
const always = { from: 0, until: Number.MAX_SAFE_INTEGER };

function key(executionId: string, id: string): string {
  return `${executionId}/${keyOf(id)}`;
}

function byTimeThenId(a: Message, b: Message): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.id < b.id ? -1 : 1;
}
