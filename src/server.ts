import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { composeService, openStores } from "./compose.ts";
import { readConfig } from "./config.ts";
import { formatProblem } from "./core/problem.ts";
import { systemClock } from "./engine/clock/system.ts";
import { StateError } from "./state/error.ts";

const stopMs = 10_000;

/** Runs the service until SIGTERM or SIGINT. Rejects where it can't start; the caller ends the process. */
export async function serve(env: NodeJS.ProcessEnv): Promise<void> {
  const read = readConfig(env);
  if ("problems" in read) return refuse(read.problems.map(formatProblem));
  const { config } = read;
  // Lines are written at once: what was logged before a crash is there to be read.
  const log = pino({ level: config.logLevel }, pino.destination({ sync: true }));
  const stores = await openStores(config).catch((error: unknown) => {
    if (!(error instanceof StateError)) throw error;
    return error;
  });
  if (stores instanceof StateError) return refuse([formatProblem(stores.problem)]);
  const service = await composeService({ config, stores, clock: systemClock, log });
  const server = createServer((req, res) => void service.handle(req, res));
  server.listen(config.http.port, config.http.host);
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  await service.start();
  const { port } = server.address() as AddressInfo;
  log.info({ host: config.http.host, port, webhookPath: config.webhookPath }, "listening");

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    // What hangs must not keep the process: it is in the store and will be taken up.
    setTimeout(() => process.exit(1), stopMs).unref();
    void end();
  };
  const end = async () => {
    server.close();
    await service.stop();
    server.closeAllConnections();
    await stores.close();
    log.info({}, "stopped");
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

function refuse(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exitCode = 2;
}

if (import.meta.main) await serve(process.env);
