import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The operator's token of a service that has none by its configuration: made once, and kept in the data directory where only
 * its user reads it. `made` is the path where it has just been written. Throws as node:fs does.
 */
export function operatorToken(directory: string): { readonly token: string; readonly made: string | null } {
  const path = join(directory, "api-token");
  const token = randomBytes(32).toString("hex");
  mkdirSync(directory, { recursive: true });
  try {
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: "wx" });
    return { token, made: path };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return { token: readFileSync(path, "utf8").trim(), made: null };
  }
}
