import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { operatorToken } from "./api/index.ts";
import { composeService, openStores, type ServiceParts } from "./compose.ts";
import { type Config, readConfig } from "./config.ts";
import { formatProblem } from "./core/problem.ts";
import { systemClock } from "./engine/clock/system.ts";
import { QueueError } from "./queue/problems.ts";
import type { ServiceProblem } from "./service-problems.ts";
import { refuseUnfinishedImport } from "./state/archive/import.ts";
import { StateError } from "./state/error.ts";

const stopMs = 10_000;
/** A database that starts beside us may need as long; then whoever started us is to try again. */
const databaseMs = 30_000;

/**
 * Runs the service until SIGTERM or SIGINT. Rejects where it can't start; the caller ends the process. `parts`: for
 * tests in real time.
 */
export async function serve(
  env: NodeJS.ProcessEnv,
  parts: Pick<ServiceParts, "sweepMs"> = {},
): Promise<void> {
  const read = readConfig(env);
  if ("problems" in read) return refuse(read.problems.map(formatProblem));
  const config = withToken(read.config);
  // Lines are written at once: what was logged before a crash is there to be read.
  const { err } = pino.stdSerializers;
  const serializers = { err, error: err };
  const log = pino({ level: config.logLevel, serializers }, pino.destination({ sync: true }));
  const stores = await openStores(config, databaseMs).catch((error: unknown) => {
    if (!(error instanceof StateError)) throw error;
    return error;
  });
  if (stores instanceof StateError) return refuse([formatProblem(stores.problem)]);
  const unfinished = await refusal(refuseUnfinishedImport(stores.notes));
  if (unfinished) {
    await stores.close();
    return refuse([formatProblem(unfinished)]);
  }
  const service = await composeService({ ...parts, config, stores, clock: systemClock, log }).catch(
    (error: unknown) => {
      if (!(error instanceof QueueError)) throw error;
      return error;
    },
  );
  if (service instanceof QueueError) {
    await stores.close();
    return refuse([formatProblem(service.problem)]);
  }
  const server = createServer((req, res) => {
    service.handle(req, res).catch((error: unknown) => {
      log.error({ err: error }, "a request could not be answered");
      res.destroy();
    });
  });
  server.on("upgrade", (req, socket, head) => {
    // Until it is a WebSocket, nobody else hears of its errors.
    socket.on("error", () => socket.destroy());
    service.upgrade(req, socket, head).catch((error: unknown) => {
      log.error({ err: error }, "a connection could not be taken");
      socket.destroy();
    });
  });
  const refused = await listen(server, config.http);
  if (refused) {
    await service.stop();
    await stores.close();
    return refuse([formatProblem(refused)]);
  }
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

/** Null where the promise holds, else what a person can change about it. */
async function refusal(check: Promise<void>): Promise<StateError["problem"] | null> {
  try {
    await check;
    return null;
  } catch (error) {
    if (error instanceof StateError) return error.problem;
    throw error;
  }
}

/** With a token for the operator: on SQLite, where one machine is the whole service, one is made if none is configured. */
function withToken(config: Config): Config {
  if (config.api.token !== null || !("directory" in config.state)) return config;
  const { token, made } = operatorToken(config.state.directory);
  if (made !== null) process.stderr.write(`The operator's token for the API, kept in ${made}: ${token}\n`);
  return { ...config, api: { ...config.api, token } };
}

/** Null once it listens, else what a person can change about it. */
async function listen(server: Server, { host, port }: Config["http"]): Promise<ServiceProblem | null> {
  server.listen(port, host);
  try {
    await once(server, "listening");
    return null;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    const reason = reasons.get(code);
    if (reason === undefined) throw error;
    return {
      code: "HOS702",
      message: `Port ${port} of ${host} ${reason}.`,
      hint: "Set PORT and HOST to an address of this machine that is free.",
    };
  }
}

const reasons: ReadonlyMap<unknown, string> = new Map([
  ["EADDRINUSE", "is used by another program"],
  ["EACCES", "may not be used by this user"],
  ["EADDRNOTAVAIL", "is no address of this machine"],
  ["ENOTFOUND", "has a name that leads to no address"],
]);

function refuse(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exitCode = 2;
}

if (import.meta.main) await serve(process.env);
