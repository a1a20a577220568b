import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Environment } from "../config.ts";
import { exportLines } from "../state/archive/export.ts";
import { openSnapshot } from "../state/archive/snapshot.ts";
import { archiveCommand } from "./archive-command.ts";
import type { Output } from "./usage.ts";

export const exportUsage = `Usage: hishamos export [FILE]

Writes everything that the service has stored as JSON lines: a backup, and the way from one database to another.
  FILE  where to; standard output if left out or -; compressed where it ends in .gz
The store is the service's: DATABASE_URL, else HISHAMOS_DATA_DIR. From Postgres it is one moment, and services may go on
working; an embedded store belongs to one process, so the service has to be stopped.
Exit code: 0 written, 1 it could not be read or written, 2 wrong usage.
`;

/** Resolves to the exit code. */
export async function exportCommand(
  args: readonly string[],
  io: Output,
  env: Environment = process.env,
  standardOutput: Writable = process.stdout,
): Promise<number> {
  return await archiveCommand(exportUsage, args, io, env, async (file, state) => {
    const snapshot = await openSnapshot(state);
    try {
      const exportedAt = new Date().toISOString();
      const lines = Readable.from(exportLines(snapshot, { id: randomUUID(), exportedAt }));
      if (file === "-") await pipeline(lines, standardOutput, { end: false });
      else await write(lines, file);
    } finally {
      await snapshot.close();
    }
  });
}

/** Under its name only when it is whole; readable for its owner: webhooks of private repositories are in there. */
async function write(lines: Readable, file: string): Promise<void> {
  const part = `${file}.part`;
  const target = createWriteStream(part, { mode: 0o600, flush: true });
  try {
    if (file.endsWith(".gz")) await pipeline(lines, createGzip(), target);
    else await pipeline(lines, target);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
