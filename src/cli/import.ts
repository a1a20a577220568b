import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import type { Environment } from "../config.ts";
import { forgetClaims } from "../queue/pg-boss/claims.ts";
import { damaged } from "../state/archive/format.ts";
import { importLines } from "../state/archive/import.ts";
import { linesOf } from "../state/archive/lines.ts";
import type { Home } from "../state/archive/snapshot.ts";
import { openPostgresDatabase } from "../state/postgres/open.ts";
import { sqliteDatabase } from "../state/sqlite/database.ts";
import { openSqliteFile } from "../state/sqlite/open.ts";
import type { Database } from "../state/storage.ts";
import { archiveCommand } from "./archive-command.ts";
import type { Output } from "./usage.ts";

export const importUsage = `Usage: hishamos import [FILE]

Stores what \`hishamos export\` wrote, in a store that is empty and that no service works on.
  FILE  what to read; standard input if left out or -; decompressed where it ends in .gz
The store is the service's: DATABASE_URL, else HISHAMOS_DATA_DIR. An import that was broken off goes on when it is
repeated with the same file; until then no service starts on that store.
Exit code: 0 all is stored, 1 it was refused, 2 wrong usage.
`;

/** Resolves to the exit code. */
export async function importCommand(
  args: readonly string[],
  io: Output,
  env: Environment = process.env,
  standardInput: Readable = process.stdin,
): Promise<number> {
  return await archiveCommand(importUsage, args, io, env, async (file, state) => {
    const input = file === "-" ? standardInput : createReadStream(file);
    const lines = linesOf(textOf(input, file.endsWith(".gz")));
    const database = await open(state);
    try {
      const wait = (ms: number) => delay(ms);
      const counts = await importLines({ database, lines, now: () => Date.now(), wait });
      // The first process that starts looks at everything at once, though one may have looked within the hour.
      if ("databaseUrl" in state) await forgetClaims(state.databaseUrl);
      const told = Object.entries(counts).filter(([, count]) => count > 0);
      io.stderr(`imported ${told.map(([table, count]) => `${count} ${table}`).join(", ") || "nothing"}\n`);
    } finally {
      await database.close();
    }
  });
}

async function open(home: Home): Promise<Database> {
  if ("directory" in home) return sqliteDatabase(openSqliteFile(home.directory));
  return await openPostgresDatabase({ url: home.databaseUrl });
}

async function* textOf(input: Readable, compressed: boolean): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const source = compressed ? unzipped(input) : input;
  try {
    for await (const bytes of source as AsyncIterable<Buffer>) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("Z_")) throw damaged("its compression is cut off or wrong");
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw damaged("it is not UTF-8");
    throw error;
  }
}

function unzipped(input: Readable): Readable {
  const unzip = createGunzip();
  input.on("error", (error) => unzip.destroy(error));
  return input.pipe(unzip);
}
