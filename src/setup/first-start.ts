import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock, Log } from "../engine/ports/index.ts";
import type { ServiceProblem } from "../service-problems.ts";
import { reachableAs, type WebhookChannel } from "./channel.ts";
import { isLoopback, type Settled } from "./form.ts";
import { createSetup } from "./setup.ts";
import { dataDirectory, prepareDirectory, withStoredApp } from "./stored-app.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface Answering {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
}

/** What of the configuration a setup needs. */
export interface FirstConfig {
  readonly apiUrl: string | null;
  readonly webhookPath: string;
  readonly onboarding: boolean;
  readonly webhookProxyUrl: string | null;
  readonly http: { readonly host: string; readonly port: number };
  readonly api: { readonly publicUrl: string | null };
}

export interface FirstStartOptions {
  readonly env: Environment;
  readonly config: FirstConfig;
  readonly front: {
    answerBy(answering: Answering): void;
    listen(at: FirstConfig["http"]): Promise<ServiceProblem | null>;
    port(): number;
  };
  readonly channel: WebhookChannel;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

export interface Setup {
  /** The service with the setup page before it: its last part shows that webhooks arrive. */
  before(service: Answering): Answering;
}

/** Serves the setup page and prints the link to it; `env` resolves to an environment with the App, once it is made. */
export async function firstStart(
  options: FirstStartOptions,
): Promise<
  { readonly setup: Setup; readonly env: Promise<Environment> } | { readonly problem: ServiceProblem }
> {
  const { env, config, front, channel, clock, log } = options;
  const directory = dataDirectory(env);
  const unusable = prepareDirectory(directory);
  if (unusable) return { problem: unusable };
  const setup = createSetup({
    directory,
    settled: settledBy(config),
    webhookPath: config.webhookPath,
    onboarding: config.onboarding,
    channel,
    clock,
    log,
  });
  front.answerBy({
    async handle(req, res) {
      if (!(await setup.handle(req, res))) await setup.answerEarly(req, res);
    },
    async upgrade(_req, socket) {
      socket.destroy();
    },
  });
  const refused = await front.listen(config.http);
  if (refused) return { problem: refused };
  const { host } = config.http;
  const base = config.api.publicUrl ?? `http://${reachableAs(host)}:${front.port()}`;
  // On standard error alone: logs are read by more people.
  process.stderr.write(
    `No GitHub App is configured. Set one up here; the link works in one browser:\n\n  ${base}${setup.path}\n\n`,
  );
  log.info({ host, port: front.port() }, "waiting for the App to be set up");
  return {
    env: setup.done.then(() => {
      const equipped = withStoredApp(env);
      if ("env" in equipped) return equipped.env;
      throw new Error("the App that was just stored is not there");
    }),
    setup: {
      before(service) {
        setup.running();
        return {
          async handle(req, res) {
            if (await setup.handle(req, res)) return;
            setup.watch(req, res);
            await service.handle(req, res);
          },
          upgrade: (req, socket, head) => service.upgrade(req, socket, head),
        };
      },
    },
  };
}

/** What the page need not ask. */
function settledBy({ apiUrl, webhookProxyUrl, api: { publicUrl } }: FirstConfig): Settled {
  return {
    github: apiUrl === null ? null : new URL(apiUrl).origin,
    publicUrl: publicUrl === null || isLoopback(publicUrl) ? null : publicUrl,
    channel: webhookProxyUrl,
  };
}
