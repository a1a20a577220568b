import { isObject } from "../core/json.ts";
import type { Delivery, DeliveryStore, HeldBy } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import { keyOf } from "./keys.ts";
import type { Database, SqlValue } from "./storage.ts";

/** As older releases stored it. */
type Stored = Omit<Delivery, "holder" | "revision"> & Partial<Delivery>;

/** More of them would be more than anybody sets in the few days that labels are asked about. */
const mostLabeled = 100;

export function openDeliveries(database: Database): DeliveryStore {
  const documents = openDocuments<Stored>(database, "deliveries", (delivery) => ({
    revision: delivery.revision ?? 0,
    received_at: delivery.receivedAt,
    // Only whether there is one is asked for.
    outcome: delivery.outcome?.slice(0, 200) ?? null,
    repository: repositoryOf(delivery),
    event: delivery.event,
    holder: delivery.holder ?? null,
    labeled: labeledIn(delivery),
  }));
  const table = database.name("deliveries");

  async function select(rest: string, values: readonly SqlValue[]): Promise<readonly Delivery[]> {
    return documents.read(await database.select(`SELECT value FROM ${table} ${rest}`, values)).map(known);
  }

  return {
    async add(delivery) {
      return (await documents.insert(keyOf(delivery.id), delivery)) === "created";
    },
    async get(id) {
      const stored = await documents.get(keyOf(id));
      return stored === undefined ? null : known(stored);
    },
    async update(delivery) {
      return documents.set(keyOf(delivery.id), delivery);
    },
    async unfinished(limit, held) {
      const [condition, values] = heldSo(held);
      return select(`WHERE outcome IS NULL${condition} ORDER BY received_at, key LIMIT $1`, [
        limit,
        ...values,
      ]);
    },
    async labeled({ repository, number, label, since }) {
      return select(
        `WHERE repository = $1 AND labeled = $2 AND received_at >= $3
         ORDER BY received_at, key LIMIT ${mostLabeled}`,
        [repository, labeledFact(number, label), since],
      );
    },
    async recent({ repository, events, limit }) {
      if (events.length === 0) return [];
      const places = events.map((_, index) => `$${index + 3}`).join(", ");
      return select(
        `WHERE repository = $1 AND event IN (${places}) ORDER BY received_at DESC, key LIMIT $2`,
        [repository, limit, ...events],
      );
    },
  };
}

function known(stored: Stored): Delivery {
  return { ...stored, holder: stored.holder ?? null, revision: stored.revision ?? 0 };
}

/** A condition on the holder, for parameters from `$2` on. */
function heldSo(held: HeldBy | undefined): [condition: string, values: readonly string[]] {
  if (held === undefined) return ["", []];
  if ("member" in held) return [" AND holder = $2", [held.member]];
  if (held.noneOf.length === 0) return ["", []];
  const places = held.noneOf.map((_, index) => `$${index + 2}`).join(", ");
  return [` AND (holder IS NULL OR holder NOT IN (${places}))`, held.noneOf];
}

/** The payload is anything that was signed; only a whole number can be a repository's id. */
function repositoryOf({ payload }: Stored): number | null {
  const repository = payload["repository"];
  const id = isObject(repository) ? repository["id"] : null;
  return Number.isSafeInteger(id) ? (id as number) : null;
}

function labeledIn({ event, payload }: Stored): string | null {
  if (payload["action"] !== "labeled") return null;
  const subject = event === "issues" ? payload["issue"] : event === "pull_request" && payload["pull_request"];
  const label = payload["label"];
  if (!isObject(subject) || !isObject(label)) return null;
  const [number, name] = [subject["number"], label["name"]];
  return typeof number === "number" && typeof name === "string" ? labeledFact(number, name) : null;
}

/** A label's name has at most 50 characters (docs); Postgres can't index texts of any length. */
function labeledFact(number: number, label: string): string {
  return `${number}/${label.toLowerCase().slice(0, 200)}`;
}
