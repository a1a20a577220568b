import type { Octokit } from "@octokit/rest";
import type { Config } from "../../config.ts";
import { createClients } from "../../github/clients.ts";
import type { AppNeeds } from "../../setup/index.ts";
import { counted, type Finding, ok, problem, reasonOf, skipped } from "./finding.ts";

const timeoutMs = 15_000;
/** GitHub takes no token from the future, and ours are dated half a minute back. */
const mostSkewMs = 30_000;

/** Whether GitHub answers, and whether this machine's clock is right by its. */
export async function checkGitHub(apiUrl: string | null, now: () => number): Promise<readonly Finding[]> {
  const root = apiUrl ?? "https://api.github.com";
  const { host } = new URL(root);
  try {
    const answer = await fetch(`${root}/rate_limit`, {
      headers: { "user-agent": "hishamos", accept: "application/vnd.github+json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    if (answer.status >= 500) {
      const wayOut =
        "Wait for it: https://www.githubstatus.com, or whoever runs your GitHub Enterprise Server.";
      return [problem("github", `${host} answers HTTP ${answer.status}.`, wayOut)];
    }
    const there = Date.parse(answer.headers.get("date") ?? "");
    return [ok("github", `${host} answers.`), ...(Number.isFinite(there) ? [checkClock(now() - there)] : [])];
  } catch (error) {
    const wayOut = "Look at the network, a proxy or firewall on the way, and GHE_HOST.";
    return [problem("github", `${host} can't be reached: ${reasonOf(error)}.`, wayOut)];
  }
}

function checkClock(skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Math.abs(skewMs) <= mostSkewMs) return ok("clock", "This machine's clock is right by GitHub's.");
  const way = skewMs > 0 ? "ahead of" : "behind";
  const wayOut = "Have it set by NTP: GitHub refuses tokens from another time.";
  return problem("clock", `This machine's clock is ${counted(seconds, "second")} ${way} GitHub's.`, wayOut);
}

/** Everything that only the App itself can ask. Never rejects. */
export async function checkApp(
  config: Pick<Config, "app" | "apiUrl" | "webhookPath" | "webhookProxyUrl" | "api">,
  needs: AppNeeds,
): Promise<readonly Finding[]> {
  const { id, privateKey } = config.app;
  const clients = createClients({
    appId: id,
    privateKey,
    timeoutMs,
    ...(config.apiUrl === null ? {} : { baseUrl: config.apiUrl }),
  });
  const octokit = clients.app();
  const findings: Finding[] = [];
  let page: string;
  let granted: Readonly<Record<string, string | undefined>>;
  try {
    const { data } = await octokit.rest.apps.getAuthenticated();
    if (data === null) return [unknownApp(id)];
    page = settingsPage(data);
    granted = data.permissions;
    findings.push(
      ok("app", `APP_ID and the key are those of ${data.name}.`),
      checkPermissions(data.permissions, needs.permissions, page),
      checkEvents(data.events, needs.events, page),
    );
  } catch (error) {
    const status = statusOf(error);
    if (status === 401 || status === 403 || status === 404) return [unknownApp(id)];
    return [
      problem("app", `GitHub could not be asked about the App: ${reasonOf(error)}.`, "Try again later."),
    ];
  }
  findings.push(
    await asked("webhook", () => checkWebhook(octokit, config, page)),
    await asked("deliveries", () => checkDeliveries(octokit, page)),
    await asked("installations", () =>
      checkInstallations(octokit, (installation) => clients.installation(installation), granted, page),
    ),
  );
  return findings;
}

function unknownApp(id: number): Finding {
  return problem(
    "app",
    `GitHub does not take the key for the App ${id}.`,
    "Set APP_ID and PRIVATE_KEY of the same App; a key that was deleted there is replaced by a new one. Where the clock is wrong, set that first.",
  );
}

/** One check that can't be made must not hide the others. */
async function asked(check: string, ask: () => Promise<Finding>): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    return problem(check, `GitHub could not be asked: ${reasonOf(error)}.`, "Try again later.");
  }
}

function settingsPage(app: {
  readonly slug?: string;
  readonly html_url: string;
  readonly owner: object;
}): string {
  const { origin } = new URL(app.html_url);
  const owner = app.owner as { readonly login?: string; readonly type?: string };
  const place = owner.type === "Organization" ? `organizations/${owner.login}/settings` : "settings";
  return `${origin}/${place}/apps/${app.slug ?? ""}`;
}

const levels = ["none", "read", "write", "admin"];

/** Names of what is granted too little of, as `issues: write`. */
function lacking(
  granted: Readonly<Record<string, string | undefined>>,
  needed: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(needed)
    .filter(([name, level]) => levels.indexOf(granted[name] ?? "none") < levels.indexOf(level))
    .map(([name, level]) => `${name}: ${level}`);
}

function checkPermissions(
  granted: Readonly<Record<string, string | undefined>>,
  needed: AppNeeds["permissions"],
  page: string,
): Finding {
  const missing = lacking(granted, needed);
  const beyond = Object.keys(granted).filter((name) => !(name in needed));
  if (missing.length > 0) {
    const wayOut = `Grant them at ${page}/permissions; then the owner of each installation has to accept that.`;
    return problem("permissions", `The App lacks ${missing.join(", ")}.`, wayOut);
  }
  const more = beyond.length > 0 ? ` More than that, and not needed: ${beyond.join(", ")}.` : "";
  return ok("permissions", `The App has all ${counted(Object.keys(needed).length, "permission")}.${more}`);
}

function checkEvents(subscribed: readonly string[], needed: readonly string[], page: string): Finding {
  const missing = needed.filter((name) => !subscribed.includes(name));
  if (missing.length === 0) return ok("events", `The App hears all ${counted(needed.length, "event")}.`);
  const wayOut = `Subscribe to them at ${page}/permissions.`;
  return problem("events", `The App does not hear ${missing.join(", ")}.`, wayOut);
}

async function checkWebhook(
  octokit: Octokit,
  { webhookPath, webhookProxyUrl, api }: Pick<Config, "webhookPath" | "webhookProxyUrl" | "api">,
  page: string,
): Promise<Finding> {
  const { data } = await octokit.rest.apps.getWebhookConfigForApp();
  const url = URL.parse(data.url ?? "");
  const wanted = webhookProxyUrl ?? `${api.publicUrl ?? "https://YOUR-HOST"}${webhookPath}`;
  const wayOut = `Set the webhook's URL to ${wanted} at ${page}.`;
  if (url === null) return problem("webhook", "The App has no webhook.", wayOut);
  if (data.content_type !== "json") {
    const json = `Set the content type to application/json at ${page}.`;
    return problem(
      "webhook",
      `Webhooks are sent as ${data.content_type ?? "form"}, which is not read.`,
      json,
    );
  }
  const place = `${url.origin}${url.pathname}`;
  if (webhookProxyUrl !== null) {
    if (place === webhookProxyUrl.replace(/\/$/, ""))
      return ok("webhook", `It goes to the channel ${place}.`);
    return problem("webhook", `It goes to ${place}, and not to the channel of WEBHOOK_PROXY_URL.`, wayOut);
  }
  if (!url.pathname.endsWith(webhookPath))
    return problem("webhook", `It goes to ${place}, where the service does not listen.`, wayOut);
  if (api.publicUrl !== null && !place.startsWith(`${api.publicUrl}/`))
    return problem("webhook", `It goes to ${place}, which is not the host of HISHAMOS_URL.`, wayOut);
  if (data.insecure_ssl !== undefined && String(data.insecure_ssl) !== "0") {
    const verify = `Enable SSL verification at ${page}.`;
    return problem("webhook", `GitHub does not check the certificate of ${url.host}.`, verify);
  }
  return ok("webhook", `It goes to ${place}, as JSON.`);
}

async function checkDeliveries(octokit: Octokit, page: string): Promise<Finding> {
  const { data } = await octokit.rest.apps.listWebhookDeliveries({ per_page: 100 });
  const arrived = data.find(({ status_code }) => status_code >= 200 && status_code < 300);
  const failed = data.filter(({ status_code }) => status_code < 200 || status_code >= 300);
  const [newest] = data;
  if (newest === undefined) return skipped("deliveries", "GitHub has delivered nothing in the last days.");
  const last = arrived ? `the last at ${arrived.delivered_at}` : "none";
  if (newest === arrived) {
    const before = failed.length > 0 ? `, ${failed.length} of the last ${data.length} failed before` : "";
    return ok("deliveries", `Webhooks arrive: ${last}${before}.`);
  }
  const reason = `${newest.event} at ${newest.delivered_at}: ${newest.status} (HTTP ${newest.status_code})`;
  return problem(
    "deliveries",
    `The newest webhook did not arrive: ${reason}. Arrived: ${last}.`,
    newest.status_code === 401
      ? "Set WEBHOOK_SECRET to the secret of the App's webhook."
      : `See that the service runs, and that GitHub reaches it; each try is listed at ${page}/advanced. What failed is asked for again by the service.`,
  );
}

const mostInstallations = 20;

async function checkInstallations(
  octokit: Octokit,
  clientOf: (installation: number) => Octokit,
  appPermissions: Readonly<Record<string, string | undefined>>,
  page: string,
): Promise<Finding> {
  const installations = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
  if (installations.length === 0) {
    return problem("installations", "The App is installed nowhere.", `Install it at ${page}/installations.`);
  }
  const needed = Object.fromEntries(
    Object.entries(appPermissions).flatMap(([name, level]) => (level === undefined ? [] : [[name, level]])),
  );
  const live = installations.filter(({ suspended_at }) => !suspended_at);
  const waiting = live.filter(({ permissions }) => lacking({ ...permissions }, needed).length > 0);
  if (waiting.length > 0) {
    const links = waiting.map(({ html_url }) => html_url).join(", ");
    return problem(
      "installations",
      `${counted(waiting.length, "installation")} of ${installations.length} still ${waiting.length === 1 ? "has" : "have"} older permissions.`,
      `Their owners accept the new ones at ${links}.`,
    );
  }
  let repositories = 0;
  for (const { id } of live.slice(0, mostInstallations)) {
    const { data } = await clientOf(id).rest.apps.listReposAccessibleToInstallation({ per_page: 1 });
    repositories += data.total_count;
  }
  const more = live.length > mostInstallations ? ` in the first ${mostInstallations}` : "";
  const suspended = installations.length - live.length;
  const paused = suspended > 0 ? `, ${suspended} of them suspended` : "";
  return ok(
    "installations",
    `${counted(installations.length, "installation")}${paused}, ${counted(repositories, "repository", "repositories")}${more}.`,
  );
}

function statusOf(error: unknown): number | null {
  const status = error instanceof Error && "status" in error ? error.status : null;
  return typeof status === "number" ? status : null;
}
