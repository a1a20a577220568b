import { pino } from "pino";
import { operatorToken } from "./api/index.ts";
import { composeService, openStores, type Service, type ServiceParts } from "./compose.ts";
import { type Config, readConfig, readWithoutApp } from "./config.ts";
import { formatProblem } from "./core/problem.ts";
import { systemClock } from "./engine/clock/system.ts";
import type { Log } from "./engine/ports/log.ts";
import { createFront } from "./front.ts";
import { QueueError } from "./queue/problems.ts";
import { createWebhookChannel, firstStart, type Setup, withStoredApp } from "./setup/index.ts";
import { refuseUnfinishedImport } from "./state/archive/import.ts";
import { StateError } from "./state/error.ts";

const stopMs = 10_000;
/** A database that starts beside us may need as long; then whoever started us is to try again. */
const databaseMs = 30_000;

/**
 * Runs the service until SIGTERM or SIGINT; where no App is configured at all, its setup page first. Rejects where it
 * can't start; the caller ends the process. `parts`: for tests in real time.
 */
export async function serve(
  env: NodeJS.ProcessEnv,
  parts: Pick<ServiceParts, "sweepMs"> = {},
): Promise<void> {
  const equipped = withStoredApp(env);
  if ("problem" in equipped) return refuse([formatProblem(equipped.problem)]);
  const read = "env" in equipped ? readConfig(equipped.env) : readWithoutApp(env);
  if ("problems" in read) return refuse(read.problems.map(formatProblem));
  const known = read.config;
  // Lines are written at once: what was logged before a crash is there to be read.
  const { err } = pino.stdSerializers;
  const serializers = { err, error: err };
  const log = pino({ level: known.logLevel, serializers }, pino.destination({ sync: true }));
  const stores = await openStores(known, databaseMs).catch((error: unknown) => {
    if (!(error instanceof StateError)) throw error;
    return error;
  });
  if (stores instanceof StateError) return refuse([formatProblem(stores.problem)]);
  const unfinished = await refusal(refuseUnfinishedImport(stores.notes));
  if (unfinished) {
    await stores.close();
    return refuse([formatProblem(unfinished)]);
  }

  const front = createFront(log);
  const channel = createWebhookChannel({ http: known.http, path: known.webhookPath, front, log });
  let service: Service | null = null;
  const end = async () => {
    front.close();
    await channel.stop();
    await service?.stop();
    front.cut();
    await stores.close();
  };
  const refuseStart = async (problem: Parameters<typeof formatProblem>[0]) => {
    await end();
    refuse([formatProblem(problem)]);
  };

  let config: Config;
  let setup: Setup | null = null;
  if (known.app !== undefined) config = withToken(known);
  else {
    const first = await firstStart({ env, config: known, front, channel, clock: systemClock, log });
    if ("problem" in first) return await refuseStart(first.problem);
    const completed = await Promise.race([first.env, endBySignal(end, log)]);
    if (completed === null) return;
    setup = first.setup;
    const complete = readConfig(completed);
    if ("problems" in complete) throw new Error("what the setup page has stored can't be used");
    config = withToken(complete.config);
  }
  const composed = await composeService({ ...parts, config, stores, clock: systemClock, log }).catch(
    (error: unknown) => {
      if (!(error instanceof QueueError)) throw error;
      return error;
    },
  );
  if (composed instanceof QueueError) return await refuseStart(composed.problem);
  service = composed;
  front.answerBy(setup?.before(service) ?? service);
  if (setup === null) {
    const refused = await front.listen(config.http);
    if (refused) return await refuseStart(refused);
  }
  await service.start();
  const { host } = config.http;
  log.info({ host, port: front.port(), webhookPath: config.webhookPath }, "listening");
  if (setup === null) {
    if (config.webhookProxyUrl !== null) channel.listenTo(config.webhookProxyUrl);
    void endBySignal(end, log);
  }
}

/** Resolves to null once a signal has ended everything. */
function endBySignal(end: () => Promise<void>, log: Log): Promise<null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const ended = async () => {
    await end();
    log.info({}, "stopped");
    return null;
  };
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    // What hangs must not keep the process: it is in the store and will be taken up.
    setTimeout(() => process.exit(1), stopMs).unref();
    resolve(ended());
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  return promise;
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

function refuse(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exitCode = 2;
}

if (import.meta.main) await serve(process.env);
