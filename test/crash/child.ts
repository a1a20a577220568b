import { type CrashDatabase, postgresDatabase, sqliteDatabase } from "./database.ts";
import { play } from "./harness.ts";
import type { Played } from "./played.ts";
import { readPoint } from "./point.ts";

/** Where a child's runs keep their state. */
export type Place =
  | { readonly store: "sqlite" }
  | { readonly store: "postgres"; readonly url: string; readonly schema: string };

/** Names of the points at which the run's processes die. */
export type Order = readonly string[];
export type Report = { readonly played: Played } | { readonly failure: string };

async function open(place: Place): Promise<CrashDatabase> {
  return place.store === "sqlite" ? sqliteDatabase() : postgresDatabase(place.url, place.schema);
}

const database = open(JSON.parse(process.argv[2] ?? "") as Place);

process.on("message", (order: Order) => {
  void report(order).then((answer) => process.send?.(answer));
});
process.on("disconnect", () => {
  void database.then((opened) => opened.close()).finally(() => process.exit());
});

async function report(order: Order): Promise<Report> {
  try {
    const opened = await database;
    return { played: await opened.within((stores) => play(stores, order.map(readPoint))) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
