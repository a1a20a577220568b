import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { type DoctorParts, doctorCommand } from "../../src/cli/doctor.ts";
import { type AppOptions, type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { appNeeds } from "../../src/setup/index.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { startModelServer } from "../agents/model-server.ts";
import { freePort } from "../support/free-port.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const { permissions, events } = appNeeds();

interface Stage {
  readonly github: SandboxGitHub;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Something that answers every request so. */
async function answering(status: number, body: object = {}): Promise<string> {
  const server = createServer((req, res) => {
    req.resume();
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port that nothing listens on. */
/** All is well: the App as app.yml wants it, installed, with a service that takes its webhooks. */
async function stage(app: AppOptions = {}): Promise<Stage> {
  const github = await startSandboxGitHub({ app: { permissions, events, ...app } });
  closing.push(() => github.close());
  const service = await answering(200, {
    status: "ready",
    checks: {},
    sweep: { at: Date.UTC(2026, 10, 22), error: null },
    members: 2,
  });
  github.setWebhookTarget(`${service}/api/github/webhooks`, "whsec");
  github.createRepository({ owner: "acme", name: "shop", collaborators: { mona: "admin" } });
  github.as("mona").openIssue({ title: "Hello" });
  await github.settled();
  const directory = mkdtempSync(join(tmpdir(), "hishamos-doctor-"));
  closing.push(() => rmSync(directory, { recursive: true }));
  const env = {
    ...github.environment(),
    WEBHOOK_SECRET: "whsec-s3cret",
    HISHAMOS_API_TOKEN: "api-s3cret-0123456789abcdef",
    HISHAMOS_DATA_DIR: directory,
    HISHAMOS_URL: service,
  };
  return { github, directory, env };
}

async function doctor(env: Readonly<Record<string, string>>, parts: DoctorParts = {}, args: string[] = []) {
  let out = "";
  const io = { stdout: (text: string) => void (out += text), stderr: () => {} };
  const code = await doctorCommand(["--json", ...args], io, { env, ...parts });
  const { checks, ok } = JSON.parse(out) as { readonly ok: boolean; readonly checks: readonly Finding[] };
  const problems = checks.filter(({ state }) => state === "problem");
  expect(ok).toBe(problems.length === 0);
  expect(code).toBe(ok ? 0 : 1);
  expect(out).not.toMatch(/s3cret|PRIVATE KEY/);
  // A problem without a way out helps nobody.
  for (const { wayOut } of problems) expect(wayOut).toMatch(/\w{3}/);
  return { checks, problems, byName: new Map(checks.map((finding) => [finding.check, finding])) };
}

test("where all is well it says so, and what it looked at", async () => {
  const { env } = await stage();
  const { checks, problems } = await doctor(env);
  expect(problems).toEqual([]);
  expect(checks.map(({ check, state }) => `${check} ${state}`)).toEqual([
    "node ok",
    "configuration ok",
    "data directory ok",
    "database ok",
    "github ok",
    "clock ok",
    "app ok",
    "permissions ok",
    "events ok",
    "webhook ok",
    "deliveries ok",
    "installations ok",
    "model ok",
    "service ok",
  ]);
  const told = checks.map(({ message }) => message).join("\n");
  expect(told).toContain("1 installation, 1 repository.");
  expect(told).toContain("ready, 2 processes. It last looked for missed webhooks at 2026-11-22");
});

test("for people it is one line for each, with the way out below", async () => {
  const { env } = await stage({ events: [] });
  let out = "";
  const io = { stdout: (text: string) => void (out += text), stderr: () => {} };
  expect(await doctorCommand([], io, { env })).toBe(1);
  expect(out).toMatch(/^ok {7}node {12}Node\.js /m);
  expect(out).toMatch(
    /^problem {2}events .*check_run.*\n {20,}→ Subscribe to them at http:.*\/permissions\.$/m,
  );
  expect(out).toMatch(/\n\n1 problem\.\n$/);
});

interface Case {
  readonly what: string;
  readonly app?: AppOptions;
  readonly spoil?: (stage: Stage) => unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly parts?: DoctorParts;
  readonly check: string;
  readonly says: RegExp;
  readonly way: RegExp;
}

const cases: readonly Case[] = [
  {
    what: "a permission too little",
    app: { permissions: { ...permissions, checks: "read" } },
    check: "permissions",
    says: /lacks checks: write/,
    way: /Grant them at http.*\/settings\/apps\/hishamos\/permissions/,
  },
  {
    what: "an event unheard",
    app: { events: events.filter((name) => name !== "push") },
    check: "events",
    says: /does not hear push/,
    way: /Subscribe/,
  },
  {
    what: "a webhook to another path",
    spoil: ({ github, env }) => github.setWebhookTarget(`${env["HISHAMOS_URL"]}/hooks`, "x"),
    check: "webhook",
    says: /goes to http.*\/hooks, where the service does not listen/,
    way: /\/api\/github\/webhooks at http/,
  },
  {
    what: "a webhook to another host",
    spoil: ({ github }) => github.setWebhookTarget("https://old.example/api/github/webhooks", "x"),
    check: "webhook",
    says: /old\.example.*not the host of HISHAMOS_URL/,
    way: /Set the webhook's URL/,
  },
  {
    what: "a webhook that sends forms",
    spoil: ({ github, env }) =>
      github.setWebhookTarget(`${env["HISHAMOS_URL"]}/api/github/webhooks`, "x", "form"),
    check: "webhook",
    says: /sent as form/,
    way: /application\/json/,
  },
  {
    what: "another channel",
    env: { WEBHOOK_PROXY_URL: "https://smee.io/abc" },
    check: "webhook",
    says: /not to the channel of WEBHOOK_PROXY_URL/,
    way: /https:\/\/smee\.io\/abc/,
  },
  {
    what: "webhooks that are refused",
    spoil: async ({ github }) => {
      github.setWebhookTarget(`${await answering(401)}/api/github/webhooks`, "x");
      github.as("mona").comment(1, "Anybody?");
      await github.settled();
    },
    check: "deliveries",
    says: /newest webhook did not arrive: issue_comment .*HTTP 401/,
    way: /WEBHOOK_SECRET/,
  },
  {
    what: "webhooks that nobody takes",
    spoil: async ({ github }) => {
      github.setWebhookTarget(`http://127.0.0.1:${await freePort()}/api/github/webhooks`, "x");
      github.as("mona").comment(1, "Anybody?");
      await github.settled();
    },
    check: "deliveries",
    says: /failed to connect.*Arrived: the last at 20/,
    way: /GitHub reaches it/,
  },
  {
    what: "an App that is installed nowhere",
    spoil: ({ github }) => github.uninstall(github.install({ account: "acme" })),
    check: "installations",
    says: /installed nowhere/,
    way: /\/installations/,
  },
  {
    what: "another App's number",
    env: { APP_ID: "1" },
    check: "app",
    says: /does not take the key for the App 1/,
    way: /PRIVATE_KEY of the same App/,
  },
  {
    what: "a clock that is wrong",
    parts: { now: () => Date.now() + 90_000 },
    check: "clock",
    says: /9\d seconds ahead of GitHub's/,
    way: /NTP/,
  },
  {
    what: "GitHub out of reach",
    env: { GHE_HOST: "127.0.0.1:9" },
    check: "github",
    says: /127\.0\.0\.1:9 can't be reached/,
    way: /GHE_HOST/,
  },
  {
    what: "an old Node",
    parts: { nodeVersion: "20.19.0" },
    check: "node",
    says: /20\.19\.0 is too old/,
    way: /22\.20\.0|22\.20/,
  },
  {
    what: "credentials that others may read",
    spoil: ({ directory }) => {
      writeFileSync(join(directory, "app.json"), "{}");
      chmodSync(join(directory, "app.json"), 0o644);
    },
    check: "data directory",
    says: /Other users may read .*app\.json/,
    way: /chmod 600/,
  },
  {
    what: "a database that is none",
    spoil: ({ directory }) =>
      writeFileSync(join(directory, "hishamos.db"), "this is no database ".repeat(100), { mode: 0o600 }),
    check: "database",
    says: /damaged or not one of our databases/,
    way: /backup/,
  },
  {
    what: "Postgres out of reach",
    env: { DATABASE_URL: "postgres://me:s3cret@127.0.0.1:9/x" },
    check: "database",
    says: /ECONNREFUSED/,
    way: /\w/,
  },
  {
    what: "a service that does not answer",
    env: { HISHAMOS_URL: "http://127.0.0.1:9" },
    check: "service",
    says: /Nothing answers at http:\/\/127\.0\.0\.1:9/,
    way: /Start the service/,
  },
];

describe("what is wrong is told with the way out", () => {
  test.for(cases)("$what", async ({ app, spoil, env, parts, check, says, way }) => {
    const ready = await stage(app);
    await spoil?.(ready);
    const { byName } = await doctor({ ...ready.env, ...env }, parts);
    expect(byName.get(check)).toMatchObject({
      state: "problem",
      message: expect.stringMatching(says),
      wayOut: expect.stringMatching(way),
    });
  });

  test("every mistake of the configuration, and what can be looked at all the same", async () => {
    const { env } = await stage();
    const { problems, byName } = await doctor({
      ...env,
      PRIVATE_KEY: "s3cret",
      APP_ID: "x",
      LOG_LEVEL: "loud",
    });
    const told = problems.map(({ message }) => message).join("\n");
    for (const name of ["APP_ID", "PRIVATE_KEY", "LOG_LEVEL"]) expect(told).toContain(name);
    expect(byName.get("database")?.state).toBe("ok");
    expect(byName.get("github")?.state).toBe("skipped");
  });

  test("no App at all leads to the setup page, a broken app.json to a backup", async () => {
    const { env, directory } = await stage();
    const { GHE_HOST = "", GHE_PROTOCOL = "" } = env;
    const none = { GHE_HOST, GHE_PROTOCOL, HISHAMOS_DATA_DIR: directory, PORT: String(await freePort()) };
    const without = await doctor(none);
    expect(without.problems.map(({ wayOut }) => wayOut)).toEqual([expect.stringContaining("hishamos serve")]);
    expect(without.byName.get("app")?.state).toBe("skipped");
    expect(without.byName.get("service")?.state).toBe("skipped");
    writeFileSync(join(directory, "app.json"), "{", { mode: 0o600 });
    const broken = await doctor(none);
    expect(broken.problems.map(({ message }) => message)).toEqual([expect.stringContaining("HOS703")]);
  });

  test("a service that is not ready, or could not sweep", async () => {
    const { env } = await stage();
    const checks = { store: { ok: false, error: "ECONNREFUSED" }, queue: { ok: true } };
    const down = await answering(503, { status: "unavailable", checks });
    expect((await doctor({ ...env, HISHAMOS_URL: down })).byName.get("service")).toMatchObject({
      state: "problem",
      message: expect.stringContaining("is not ready: store: ECONNREFUSED."),
    });
    const blind = await answering(200, { status: "ready", sweep: { at: 1, error: "Bad credentials" } });
    expect((await doctor({ ...env, HISHAMOS_URL: blind })).byName.get("service")).toMatchObject({
      state: "problem",
      message: expect.stringContaining("missed: Bad credentials"),
    });
    const other = await answering(404, {});
    expect((await doctor({ ...env, HISHAMOS_URL: other })).byName.get("service")?.message).toContain(
      "is not this service",
    );
  });
});

test("a store that a running service has is left alone; one that is there tells its schema", async () => {
  const { env, directory } = await stage();
  const stores = await openSqliteStores({ directory });
  chmodSync(join(directory, "hishamos.db"), 0o600);
  expect((await doctor(env)).byName.get("database")?.message).toBe("SQLite: a running service has it.");
  await stores.close();
  expect((await doctor(env)).byName.get("database")?.message).toMatch(/^SQLite: schema \d+\.$/);
});

test("the model is asked only with --model", async () => {
  const { env } = await stage();
  await using model = await startModelServer();
  const given = {
    ...env,
    HISHAMOS_MODEL: "openai-compatible:tiny",
    HISHAMOS_MODEL_URL: model.url,
    HISHAMOS_MODEL_API_KEY: "key-s3cret",
  };
  expect((await doctor(given)).byName.get("model")?.message).toContain("is configured; --model");
  expect(model.requests).toHaveLength(0);
  model.reply({ text: "ok" });
  expect((await doctor(given, {}, ["--model"])).byName.get("model")?.message).toBe(
    "openai-compatible:tiny answers.",
  );
  model.reply({ status: 401, message: "no key-s3cret" });
  const refused = (await doctor(given, {}, ["--model"])).byName.get("model");
  expect(refused).toMatchObject({
    state: "problem",
    message: expect.stringContaining("refused the API key"),
  });
});
