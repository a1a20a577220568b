import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { embeddedBinaries, type ServerUser, serverUser, systemBinaries } from "./postgres-binaries.ts";

/**
 * Runs the server (its arguments) until it ends or standard input does, as it does when the process that
 * started us dies, however it dies; then nothing is left of it. A line with a signal and one with seconds end the server
 * by the signal, and start it again after so long.
 */
const watchdog = `
exec 3<&0
while
  "$@" </dev/null 3<&- & server=$!
  ( read -r signal <&3 || { kill -QUIT $server; exit 1; }; kill -$signal $server ) & watch=$!
  wait $server
  kill $watch 2>/dev/null
  wait $watch && read -r seconds <&3 && sleep $seconds
do :; done
cd / && rm -rf "$DIRECTORY"
`;

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server of our own, on its port for as long as it lives. */
export interface OwnServer extends RunningServer {
  /** Ends it at once, INT as an orderly restart does, QUIT as a crash, and resolves when it answers again, after so long at least. */
  restart(signal: "INT" | "QUIT", downSeconds: number): Promise<void>;
}

/** Starts a server of its own on a free port of 127.0.0.1, or null where there are no such binaries. */
export async function startServer(from: "system" | "embedded", durable: boolean): Promise<OwnServer | null> {
  const user = serverUser();
  const directory = mkdtempSync(join(tmpdir(), "hishamos-postgres-"));
  if (user !== null) chownSync(directory, user.uid, user.gid);
  try {
    const binaries = from === "system" ? systemBinaries() : embeddedBinaries(directory, user);
    if (binaries === null) {
      rmSync(directory, { recursive: true });
      return null;
    }
    const data = join(directory, "data");
    const options = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
    execFileSync(join(binaries, "initdb"), options, {
      ...user,
      cwd: directory,
      env: environment(),
      stdio: "pipe",
    });
    return await startOnFreePort(binaries, directory, data, user, durable);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

async function startOnFreePort(
  binaries: string,
  directory: string,
  data: string,
  user: ServerUser | null,
  durable: boolean,
): Promise<OwnServer> {
  const port = await freePort();
  const settings = [
    ["listen_addresses", "127.0.0.1"],
    ["port", String(port)],
    ["unix_socket_directories", ""],
    ["dynamic_shared_memory_type", "mmap"],
    ["shared_buffers", durable ? "128MB" : "16MB"],
    ["max_connections", "200"],
    ["logging_collector", "off"],
    ...(durable ? [] : ["fsync", "full_page_writes"].map((name) => [name, "off"])),
  ].flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn("sh", ["-c", watchdog, "sh", join(binaries, "postgres"), "-D", data, ...settings], {
    ...user,
    cwd: directory,
    env: { ...environment(), DIRECTORY: directory },
    stdio: ["pipe", "ignore", "pipe"],
    // Its own group: an interrupt from the terminal is for the tests, whose end ends it.
    detached: true,
  });
  const ended = once(child, "close");
  await ready(child);
  child.unref();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async restart(signal, downSeconds) {
      const again = ready(child);
      child.stdin?.write(`${signal}\n${downSeconds}\n`);
      await again;
    },
    async stop() {
      child.stdin?.end();
      child.ref();
      await ended;
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let log = "";
  const read = (text: string) => {
    log = (log + text).slice(-10_000);
    if (log.includes("ready to accept connections")) resolve();
  };
  const closed = () => reject(new Error(`Postgres did not start:\n${log}`));
  child.stderr?.setEncoding("utf8").on("data", read);
  child.once("error", reject);
  child.once("close", closed);
  return promise.finally(() => {
    child.stderr?.off("data", read).resume();
    child.off("error", reject);
    child.off("close", closed);
  });
}

/** Nothing of PGDATA, PGPORT and the like, and messages in English. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };
}
