import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { silentLog } from "../../src/engine/ports/index.ts";
import { createFront } from "../../src/front.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import type { Settled } from "../../src/setup/form.ts";
import { createSetup, type Setup, type SetupOptions } from "../../src/setup/setup.ts";
import { prepareDirectory, withStoredApp } from "../../src/setup/stored-app.ts";
import { Browser } from "./support.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Stage {
  readonly github: SandboxGitHub;
  readonly setup: Setup;
  readonly directory: string;
  readonly base: string;
  readonly hook: string;
  readonly listened: readonly string[];
  readonly browser: Browser;
}

const channel = "http://127.0.0.1:9/channel";

async function open(
  settled: Partial<Settled> = {},
  change: Partial<SetupOptions> = {},
  method = "GET",
): Promise<Stage> {
  const github = await startSandboxGitHub();
  closing.push(() => github.close());
  const directory = mkdtempSync(join(tmpdir(), "hishamos-setup-"));
  closing.push(() => rmSync(directory, { recursive: true }));
  const listened: string[] = [];
  const setup = createSetup({
    directory,
    settled: { github: github.url, publicUrl: null, channel: null, ...settled },
    webhookPath: "/api/github/webhooks",
    onboarding: true,
    channel: { create: async () => channel, listenTo: (address) => void listened.push(address) },
    clock: { now: () => Date.UTC(2026, 10, 22) },
    log: silentLog,
    ...change,
  });
  const front = createFront(silentLog);
  front.answerBy({
    handle: async (req, res) => {
      if (!(await setup.handle(req, res))) await setup.answerEarly(req, res);
    },
    upgrade: async (_req, socket) => void socket.destroy(),
  });
  await front.listen({ host: "127.0.0.1", port: 0 });
  closing.push(() => {
    front.close();
    front.cut();
  });
  const base = `http://127.0.0.1:${front.port()}`;
  const browser = await new Browser().open(`${base}${setup.path}`, { method });
  return { github, setup, directory, base, hook: `${base}/api/github/webhooks`, listened, browser };
}

/** As GitHub: shows the manifest to a person, who confirms it, and sends the browser back. */
async function confirm({ github, browser, hook }: Stage, state?: string): Promise<void> {
  const form = browser.form(/settings\/apps\/new/);
  const manifest = JSON.parse(form.fields.get("manifest") ?? "null") as Parameters<
    SandboxGitHub["registerApp"]
  >[0] & { readonly redirect_url: string };
  const { code, webhookSecret } = github.registerApp(manifest, "mona");
  // As a channel brings it here.
  github.setWebhookTarget(hook, webhookSecret ?? "");
  await github.settled();
  const given = state ?? new URL(form.action).searchParams.get("state") ?? "";
  await browser.open(`${manifest.redirect_url}?code=${code}&state=${encodeURIComponent(given)}`);
}

describe("the way through", () => {
  test("from the link to an App whose signed ping has come", async () => {
    const stage = await open();
    const { browser, setup, directory, github, listened } = stage;
    expect(browser.text).toContain("Who is to own it");
    await browser.submit(/setup\/app/, { owner: "organization", organization: "acme", name: "Acme flows" });
    expect(listened).toEqual([channel]);
    await confirm(stage);
    expect(browser.text).toContain("The App Acme flows is made");
    expect(browser.text).toContain("Webhooks arrive, signed with this App's secret: ping at 2026-11-22");
    expect(browser.html).toContain(`href="${github.url}/apps/acme-flows/installations/new"`);
    const app = await setup.done;
    expect(app).toMatchObject({ id: github.app.id, github: github.url, channel });
    const path = join(directory, "app.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const equipped = withStoredApp({ HISHAMOS_DATA_DIR: directory });
    expect(equipped).toMatchObject({
      path,
      env: {
        APP_ID: String(github.app.id),
        PRIVATE_KEY: github.app.privateKey,
        GHE_PROTOCOL: "http",
        GHE_HOST: new URL(github.url).host,
        WEBHOOK_PROXY_URL: channel,
      },
    });
    expect(browser.html).not.toContain(app.webhookSecret);
    expect(browser.html).not.toContain("PRIVATE KEY");
  });

  test("the manifest asks for exactly what app.yml says", async () => {
    const { browser } = await open();
    await browser.submit(/setup\/app/);
    const manifest = JSON.parse(browser.form(/settings/).fields.get("manifest") ?? "") as object;
    const app = parse(readFileSync("app.yml", "utf8")) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      description: app["description"],
      public: false,
      default_permissions: app["default_permissions"],
      default_events: app["default_events"],
      hook_attributes: { url: channel, active: true },
    });
    expect(manifest).toHaveProperty("default_permissions", app["default_permissions"]);
  });

  test("an address of its own gets the webhooks' path, and no channel", async () => {
    const { browser, listened } = await open();
    await browser.submit(/setup\/app/, { way: "address", address: "https://flows.example" });
    const form = browser.form(/settings/);
    expect(new URL(form.action).pathname).toBe("/settings/apps/new");
    expect(JSON.parse(form.fields.get("manifest") ?? "")).toMatchObject({
      url: "https://flows.example",
      hook_attributes: { url: "https://flows.example/api/github/webhooks" },
    });
    expect(listened).toEqual([]);
  });

  test("what HISHAMOS_URL says is not asked, and GitHub sends the browser back there", async () => {
    const { browser } = await open({ publicUrl: "https://flows.example" });
    expect(browser.html).not.toContain('name="way"');
    await browser.submit(/setup\/app/);
    expect(JSON.parse(browser.form(/settings/).fields.get("manifest") ?? "")).toMatchObject({
      redirect_url: "https://flows.example/setup/created",
      hook_attributes: { url: "https://flows.example/api/github/webhooks" },
    });
  });

  test("another GitHub is where the form goes, and the only other place where the policy lets it", async () => {
    const { browser } = await open({ github: null });
    await browser.submit(/setup\/app/, {
      host: "ghes.example:8443",
      owner: "organization",
      organization: "acme",
    });
    const { action } = browser.form(/settings/);
    expect(action).toMatch(/^https:\/\/ghes\.example:8443\/organizations\/acme\/settings\/apps\/new\?state=/);
    const policy = browser.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("form-action 'self' https://ghes.example:8443;");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
  });

  test("the page has no script and nothing from elsewhere", async () => {
    const stage = await open();
    const pages = [stage.browser.html];
    await stage.browser.submit(/setup\/app/);
    pages.push(stage.browser.html);
    await confirm(stage);
    pages.push(stage.browser.html);
    for (const html of pages) {
      expect(html).not.toMatch(/<script|<link|<img|<iframe| on[a-z]+=|@import|url\(/i);
      expect(html).toMatch(/<style nonce="[^"]{20,}">/);
    }
  });

  test.for([{ onboarding: true }, { onboarding: false }])(
    "$onboarding that first workflows are offered",
    async (how) => {
      const stage = await open({}, how);
      await stage.browser.submit(/setup\/app/);
      await confirm(stage);
      expect(stage.browser.text.includes("get a pull request that offers a first one")).toBe(how.onboarding);
    },
  );

  test("a ping that did not come is asked for again", async () => {
    const stage = await open();
    await stage.browser.submit(/setup\/app/);
    const form = stage.browser.form(/settings/);
    const manifest = JSON.parse(form.fields.get("manifest") ?? "") as { redirect_url: string; url: string };
    // The channel of the manifest leads nowhere, so the first ping is lost.
    const { code } = stage.github.registerApp(manifest);
    await stage.github.settled();
    const state = new URL(form.action).searchParams.get("state") ?? "";
    await stage.browser.open(`${manifest.redirect_url}?code=${code}&state=${state}`);
    expect(stage.browser.text).toContain("No signed webhook has reached this service yet");
    await stage.browser.submit(/setup\/ping/);
    expect(stage.browser.text).toContain(
      "asked to deliver the ping again. Before, it came to: failed to connect",
    );
    await stage.github.settled();
    expect(stage.github.deliveries().at(-1)).toMatchObject({ event: "ping", redelivery: true });
  });
});

describe("who does not get in", () => {
  test("a second browser with the same link, and one without", async () => {
    const { base, setup } = await open();
    for (const path of [setup.path, "/setup", "/setup/created?code=a&state=b"]) {
      const other = await new Browser().open(`${base}${path}`);
      expect(other.status).toBe(403);
      expect(other.text).toContain("for the browser that first opened the link");
    }
  });

  test("a look at the link without opening it does not use it up", async () => {
    const { base, setup } = await open({}, {}, "HEAD");
    const browser = await new Browser().open(`${base}${setup.path}`);
    expect(browser.text).toContain("Who is to own it");
  });

  test("an answer of GitHub's with another state, which stores nothing", async () => {
    const stage = await open();
    await stage.browser.submit(/setup\/app/);
    await confirm(stage, "guessed");
    expect(stage.browser.status).toBe(400);
    expect(stage.browser.text).toContain("belongs to no question that was asked here");
    expect(existsSync(join(stage.directory, "app.json"))).toBe(false);
  });

  test("a form from elsewhere", async () => {
    const { browser } = await open();
    await browser.submit(/setup\/app/, { token: "guessed" });
    expect(browser.status).toBe(403);
  });
});

describe("what is wrong is said, and what was entered is kept", () => {
  test.for([
    { change: { owner: "organization", organization: "" }, says: "The organisation's name" },
    { change: { owner: "organization", organization: "../x" }, says: "The organisation's name" },
    { change: { name: "x".repeat(35) }, says: "1 to 34 characters" },
    { change: { name: "" }, says: "1 to 34 characters" },
    { change: { host: "https://evil.example/path" }, says: "GitHub's host is a name" },
    { change: { way: "address", address: "flows.example" }, says: "The service's address" },
    { change: { way: "address", address: "https://flows.example/path" }, says: "without a path" },
    { change: { way: "address", address: "http://localhost:3000" }, says: "GitHub can't reach" },
    { change: { way: "channel", channel: "https://smee.io" }, says: "A channel is an address" },
  ])("$change", async ({ change, says }) => {
    const { browser } = await open({ github: null });
    await browser.submit(/setup\/app/, { organization: "acme<b>", ...change });
    expect(browser.status).toBe(422);
    expect(browser.text).toContain(says);
    const kept = browser.form(/setup\/app/).fields;
    for (const [name, value] of Object.entries(change)) expect(kept.get(name)).toBe(value);
    expect(browser.html).not.toContain("acme<b>");
  });

  test("no channel to be had", async () => {
    const failing = { create: () => Promise.reject(new Error("no network")), listenTo: () => {} };
    const { browser } = await open({}, { channel: failing });
    await browser.submit(/setup\/app/);
    expect(browser.status).toBe(422);
    expect(browser.text).toContain("Open https://smee.io/new");
  });

  test("a code that GitHub does not know", async () => {
    const stage = await open();
    await stage.browser.submit(/setup\/app/);
    const state = new URL(stage.browser.form(/settings/).action).searchParams.get("state") ?? "";
    await stage.browser.open(`${stage.base}/setup/created?code=stale&state=${state}`);
    expect(stage.browser.text).toContain("GitHub no longer knows the code");
    expect(stage.browser.text).toContain("Create the App on");
  });

  test("GitHub that does not answer: the same page asks again", async () => {
    const stage = await open();
    await stage.browser.submit(/setup\/app/);
    stage.github.failNext({ method: "POST", path: /^\/app-manifests\//, status: 502 });
    await confirm(stage);
    expect(stage.browser.text).toContain("Reload this page to ask again");
  });
});

describe("webhooks before there is a secret", () => {
  const body = JSON.stringify({ zen: "x", hook_id: 1 });
  const post = (hook: string, headers: Record<string, string>, text = body) =>
    fetch(hook, { method: "POST", body: text, headers });

  test("a ping is kept, but not believed unless it was signed with the secret", async () => {
    const stage = await open();
    await stage.browser.submit(/setup\/app/);
    const forged = `sha256=${createHmac("sha256", "guess").update(body).digest("hex")}`;
    const sent = await post(stage.hook, { "x-github-event": "ping", "x-hub-signature-256": forged });
    expect(sent.status).toBe(202);
    const form = stage.browser.form(/settings/);
    const { code } = stage.github.registerApp(
      JSON.parse(form.fields.get("manifest") ?? "") as Parameters<SandboxGitHub["registerApp"]>[0],
    );
    const state = new URL(form.action).searchParams.get("state") ?? "";
    await stage.browser.open(`${stage.base}/setup/created?code=${code}&state=${state}`);
    expect(stage.browser.text).toContain("No signed webhook has reached this service yet");
  });

  test.for([
    {
      what: "another event",
      headers: { "x-github-event": "issues", "x-hub-signature-256": "sha256=0" },
      text: body,
    },
    { what: "one without a signature", headers: { "x-github-event": "ping" }, text: body },
    {
      what: "one that is too large",
      headers: { "x-github-event": "ping", "x-hub-signature-256": "sha256=0" },
      text: "x".repeat(70_000),
    },
  ])("$what is refused", async ({ headers, text }) => {
    const { hook } = await open();
    expect((await post(hook, headers, text)).status).toBe(503);
  });
});

describe("the stored App", () => {
  test("a directory that takes nothing is told before GitHub is asked", async () => {
    const directory = mkdtempSync(join(tmpdir(), "hishamos-stored-"));
    closing.push(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, "file"), "");
    expect(prepareDirectory(join(directory, "new"))).toBeNull();
    const problem = prepareDirectory(join(directory, "file", "data"));
    expect(problem).toMatchObject({ code: "HOS701", message: expect.stringContaining("HISHAMOS_DATA_DIR") });
  });

  test("any of the environment's own outdoes it, and a broken file is told", async () => {
    const directory = mkdtempSync(join(tmpdir(), "hishamos-stored-"));
    closing.push(() => rmSync(directory, { recursive: true }));
    const env = { HISHAMOS_DATA_DIR: directory };
    expect(withStoredApp(env)).toEqual({ directory });
    writeFileSync(join(directory, "app.json"), "{}");
    expect(withStoredApp(env)).toMatchObject({ problem: { code: "HOS703" } });
    for (const name of ["APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH", "WEBHOOK_SECRET"]) {
      const own = { ...env, [name]: "x" };
      expect(withStoredApp(own)).toEqual({ env: own, path: null });
    }
    // As good as not set.
    expect(withStoredApp({ ...env, APP_ID: "" })).toHaveProperty("problem");
  });
});
