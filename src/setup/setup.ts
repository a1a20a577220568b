import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Log } from "../engine/ports/index.ts";
import { createClients } from "../github/clients.ts";
import type { WebhookChannel } from "./channel.ts";
import { createEarlyWebhooks, readText, sameText } from "./early.ts";
import { apiOf, exchange, pingAgain } from "./exchange.ts";
import { type Answers, type Choice, judge, newChannel, readAnswers, type Settled } from "./form.ts";
import { appNeeds, manifestOf, registrationPage } from "./manifest.ts";
import { renderPage, type View } from "./page.ts";
import { type StoredApp, storeApp } from "./stored-app.ts";

export interface SetupOptions {
  /** Where the credentials are kept. */
  readonly directory: string;
  readonly settled: Settled;
  readonly webhookPath: string;
  /** Whether repositories are offered a first workflow when the App is installed on them. */
  readonly onboarding: boolean;
  /** Is listened to before GitHub is asked: it sends its ping before it hands out the secret. */
  readonly channel: Pick<WebhookChannel, "create" | "listenTo">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

export interface Setup {
  /** With the secret, good for one browser. */
  readonly path: string;
  /** Answers what is below `/setup`; false, and nothing touched, for any other request. Never rejects. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /** Answers everything else while there is no service. Never rejects. */
  answerEarly(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Notes webhooks that the service takes: what it answers with 202 was signed with the App's secret. */
  watch(req: IncomingMessage, res: ServerResponse): void;
  /** Resolves once the App's credentials are stored. */
  readonly done: Promise<StoredApp>;
  /** Tells the page that the service runs. */
  running(): void;
}

/** What GitHub is about to be asked. */
interface Pending {
  readonly state: string;
  readonly choice: Choice;
  readonly channel: string | null;
  readonly webhook: string;
  readonly manifest: ReturnType<typeof manifestOf>;
  readonly wrong: readonly string[];
}

interface Heard {
  readonly event: string;
  readonly at: number;
}

interface Made {
  readonly app: StoredApp;
  readonly stored: string;
  readonly webhook: string;
}

const formBytes = 64 * 1024;
const mostHeard = 10;
const cookieName = "hishamos_setup";

/**
 * The page on which an App is made by GitHub's manifest flow. Only one browser gets in: the one that first used the link.
 * Everything it has to know is kept here, in memory; what lasts is the stored App.
 */
export function createSetup(options: SetupOptions): Setup {
  const { clock, log, settled, webhookPath } = options;
  const [key, session, token] = [secret(), secret(), secret()];
  const early = createEarlyWebhooks();
  const { promise: done, resolve: finish } = Promise.withResolvers<StoredApp>();
  let used = false;
  let answers = firstAnswers();
  let wrong: readonly string[] = [];
  let pending: Pending | null = null;
  let making: Promise<void> | null = null;
  let made: Made | null = null;
  let heard: readonly Heard[] = [];
  let running = false;
  let told: string | null = null;

  function view(): View {
    if (made !== null) {
      const { app, stored, webhook } = made;
      const shown = heard.map(({ event, at }) => ({ event, at: new Date(at).toISOString() }));
      return {
        stage: "made",
        ...app,
        stored,
        webhook,
        heard: shown,
        running,
        told,
        onboarding: options.onboarding,
        token,
      };
    }
    if (pending === null) return { stage: "asking", answers, settled, wrong, token };
    const { choice, state, manifest, webhook } = pending;
    const action = registrationPage(choice.github, choice.organization, state);
    const { permissions } = appNeeds();
    return { stage: "confirming", manifest, permissions, action, webhook, wrong: pending.wrong };
  }

  async function take(form: URLSearchParams, req: IncomingMessage): Promise<void> {
    answers = readAnswers(form);
    const choice = judge(answers, settled);
    wrong = "wrong" in choice ? choice.wrong : [];
    if ("wrong" in choice) return;
    const reach = await reachable(choice.reach);
    if (reach === null) return;
    const base = settled.publicUrl ?? `http://${req.headers.host ?? "localhost"}`;
    const webhook = "channel" in reach ? reach.channel : `${reach.origin}${webhookPath}`;
    const homepage = "origin" in reach ? reach.origin : base;
    const manifest = manifestOf({
      name: choice.name,
      homepage,
      webhook,
      redirect: `${base}/setup/created`,
    });
    const channel = "channel" in reach ? reach.channel : null;
    if (channel !== null) options.channel.listenTo(channel);
    pending = { state: secret(), choice, channel, webhook, manifest, wrong: [] };
  }

  async function reachable(reach: Choice["reach"]): Promise<Choice["reach"] | null> {
    if (!("channel" in reach) || reach.channel !== newChannel) return reach;
    try {
      return { channel: await options.channel.create() };
    } catch (error) {
      log.warn({ err: error }, "no channel could be made");
      wrong = [
        "smee.io made no channel. Open https://smee.io/new and enter the address that it gives, or an address of your own.",
      ];
      return null;
    }
  }

  /** GitHub's answer by way of the browser. */
  async function created(query: URLSearchParams): Promise<string | null> {
    if (made !== null) return null;
    const code = query.get("code") ?? "";
    if (pending === null || !sameText(query.get("state") ?? "", pending.state))
      return "This answer belongs to no question that was asked here. Begin again at /setup.";
    if (!/^[\w-]{1,200}$/.test(code)) return "GitHub sent no code. Begin again at /setup.";
    making ??= make(code, pending).finally(() => {
      making = null;
    });
    await making;
    return null;
  }

  async function make(code: string, { choice, channel, webhook }: Pending): Promise<void> {
    const got = await exchange(code, { github: choice.github, channel });
    if ("wrong" in got) {
      pending = pending && { ...pending, wrong: [got.wrong] };
      return;
    }
    const { app } = got;
    made = { app, stored: storeApp(options.directory, app), webhook };
    for (const one of early.signedWith(app.webhookSecret)) note(one);
    log.info({ app: app.id, name: app.name, stored: made.stored }, "the App is made");
    finish(app);
  }

  /** Each kind once: a busy repository must not push out the ping. */
  function note(arrived: Heard): void {
    if (heard.some(({ event }) => event === arrived.event)) return;
    heard = [...heard, arrived].slice(0, mostHeard);
  }

  async function askForPing(): Promise<void> {
    if (made === null) return;
    const { id, privateKey, github } = made.app;
    const clients = createClients({ appId: id, privateKey, baseUrl: apiOf(github) });
    told = await pingAgain(clients.app()).catch((error: unknown) => {
      log.warn({ err: error }, "the ping could not be asked for");
      return "GitHub could not be asked for it.";
    });
  }

  async function respond(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
    const where = `${req.method === "HEAD" ? "GET" : req.method} ${url.pathname}`;
    const offered = url.searchParams.get("key");
    // A HEAD, as of what previews links, does not use it up.
    if (
      req.method === "GET" &&
      url.pathname === "/setup" &&
      offered !== null &&
      !used &&
      sameText(offered, key)
    ) {
      used = true;
      const secure = settled.publicUrl?.startsWith("https:") ? "; Secure" : "";
      const cookie = `${cookieName}=${session}; Path=/setup; HttpOnly; SameSite=Lax${secure}`;
      return redirect(res, { "set-cookie": cookie });
    }
    if (!sameText(cookieOf(req), session)) {
      const why =
        "This page is for the browser that first opened the link, which the service printed at its start. Start the service again for a new link.";
      return show(res, 403, { stage: "refused", why });
    }
    if (where === "GET /setup") return show(res, 200, view());
    if (where === "GET /setup/again") {
      pending = null;
      return redirect(res);
    }
    if (where === "GET /setup/created") {
      const why = await created(url.searchParams);
      return why === null ? redirect(res) : show(res, 400, { stage: "refused", why });
    }
    if (where === "POST /setup/app" || where === "POST /setup/ping") {
      const form = new URLSearchParams((await readText(req, formBytes)) ?? "");
      if (!sameText(form.get("token") ?? "", token)) {
        const why = "This form is not from this page. Begin again at /setup.";
        return show(res, 403, { stage: "refused", why });
      }
      if (where === "POST /setup/ping") await askForPing();
      else if (made === null) await take(form, req);
      return wrong.length > 0 ? show(res, 422, view()) : redirect(res);
    }
    return show(res, 404, { stage: "refused", why: "There is nothing here. The setup is at /setup." });
  }

  return {
    path: `/setup?key=${key}`,
    done,
    running() {
      running = true;
    },
    async handle(req, res) {
      const url = URL.parse(req.url ?? "", "http://setup");
      if (url === null || !/^\/setup(?:\/|$)/.test(url.pathname)) return false;
      try {
        await respond(req, res, url);
      } catch (error) {
        log.error({ err: error }, "the setup page could not answer");
        if (res.headersSent) res.destroy();
        else show(res, 500, { stage: "refused", why: "That went wrong; the service's log says how." });
      }
      return true;
    },
    async answerEarly(req, res) {
      const path = (req.url ?? "").split("?", 1)[0];
      try {
        if (path === "/healthz") return json(res, 200, { status: "ok" });
        // The connection ends with the answer: what is too large was not read.
        if (path === webhookPath && req.method === "POST" && (await early.keep(req, clock.now()))) {
          // While the service is being made.
          if (made !== null) for (const one of early.signedWith(made.app.webhookSecret)) note(one);
          return json(res, 202, { status: "kept until it is known whose it is" });
        }
        return json(res, 503, { error: "no GitHub App is set up yet" }, { connection: "close" });
      } catch {
        res.destroy();
      }
    },
    watch(req, res) {
      if (req.method !== "POST" || (req.url ?? "").split("?", 1)[0] !== webhookPath) return;
      const event = req.headers["x-github-event"];
      res.once("finish", () => {
        if (res.statusCode !== 202 || typeof event !== "string") return;
        note({ event, at: clock.now() });
        told = null;
      });
    },
  };
}

function firstAnswers(): Answers {
  // No two Apps have the same name, and nobody wants to be told so only by GitHub.
  const name = `HishamOS Workflows ${randomBytes(3).toString("hex")}`;
  return {
    owner: "user",
    organization: "",
    host: "github.com",
    name,
    way: "channel",
    channel: "",
    address: "",
  };
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}

function cookieOf(req: IncomingMessage): string {
  const pairs = (req.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1) ?? "";
}

function redirect(res: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  res.writeHead(303, {
    location: "/setup",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    ...headers,
  });
  res.end();
}

function show(res: ServerResponse, status: number, view: View): void {
  const { html, headers } = renderPage(view, randomBytes(16).toString("base64"));
  res.writeHead(status, headers);
  res.end(html);
}

function json(
  res: ServerResponse,
  status: number,
  body: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): void {
  res.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
  res.end(JSON.stringify(body));
}
