import type { Stores } from "../engine/ports/store.ts";
import { openBlobs } from "./blobs.ts";
import { openDefinitions } from "./definitions.ts";
import { openDeliveries } from "./deliveries.ts";
import { openExecutions } from "./executions.ts";
import { openLeases, openMembers, openNotes } from "./members.ts";
import { openMessages } from "./messages.ts";
import { openPacing } from "./pacing.ts";
import { openReports } from "./reports.ts";
import { openRetention } from "./retention.ts";
import { openSchedules } from "./schedules.ts";
import type { Database } from "./storage.ts";

/** The engine's stores on any database that has the tables. */
export function openStores(database: Database): Stores {
  return {
    executions: openExecutions(database),
    messages: openMessages(database),
    definitions: openDefinitions(database),
    deliveries: openDeliveries(database),
    reports: openReports(database),
    blobs: openBlobs(database),
    schedules: openSchedules(database),
    members: openMembers(database),
    leases: openLeases(database),
    notes: openNotes(database),
    retention: openRetention(database),
    pacing: openPacing(database),
    close: () => database.close(),
  };
}
