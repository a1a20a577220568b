import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Redis {
  readonly port: number;
  /** What the server tells of itself in this section. */
  info(section: "commandstats" | "persistence"): Promise<string>;
  stop(): Promise<void>;
}

/** A Redis of its own that has every write on the disk before it answers; null where there is no redis-server. */
export async function startRedis(): Promise<Redis | null> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return null;
  const directory = mkdtempSync(join(tmpdir(), "hishamos-redis-"));
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir: directory,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
    "maxmemory-policy": "noeviction",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
  const server = spawn("redis-server", options, { stdio: ["ignore", "pipe", "ignore"] });
  const kill = () => void server.kill("SIGKILL");
  process.once("exit", kill);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = "";
  server.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said.includes("Ready to accept connections")) resolve();
  });
  server.once("close", () => reject(new Error(`redis-server did not start:\n${said}`)));
  await promise;
  return {
    port,
    async info(section) {
      const socket = connect(port, "127.0.0.1");
      // Redis takes a command as a line too, and ends the connection after QUIT.
      socket.end(`INFO ${section}\r\nQUIT\r\n`);
      let text = "";
      for await (const chunk of socket.setEncoding("utf8")) text += String(chunk);
      return text;
    },
    async stop() {
      const ended = once(server, "close");
      kill();
      await ended;
      process.off("exit", kill);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
