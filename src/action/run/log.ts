import * as core from "@actions/core";
import { type Log, silentLog } from "../../engine/ports/index.ts";

/** Shown where the run is debugged: https://docs.github.com/actions/how-tos/monitor-workflows/enable-debug-logging */
function line(fields: object, message: string): void {
  const errors = Object.values(fields).filter((value) => value instanceof Error);
  core.debug([message, ...errors.map((error: Error) => error.message)].join(": ").replace(/\s+/g, " "));
}

export const jobLog: Log = { ...silentLog, warn: line, error: line };
