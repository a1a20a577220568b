import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Environment, readConfig } from "../../src/config.ts";
import { formatProblem } from "../../src/core/problem.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const directory = mkdtempSync(join(tmpdir(), "hishamos-config-"));
const keyFile = join(directory, "app.pem");
const notes = join(directory, "notes.txt");
writeFileSync(keyFile, privateKey);
writeFileSync(notes, "s3cret notes");
afterAll(() => rmSync(directory, { recursive: true }));

const good: Environment = { APP_ID: "17", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "whsec" };

function linesFor(change: Environment): readonly string[] {
  const read = readConfig({ ...good, ...change });
  return "problems" in read ? read.problems.map(formatProblem) : [];
}

const mistakes: readonly { readonly what: string; readonly env: Environment; readonly says: RegExp }[] = [
  { what: "no APP_ID", env: { APP_ID: undefined }, says: /APP_ID is not set.*number GitHub shows/s },
  {
    what: "an allowed bot that is no login",
    env: { HISHAMOS_ALLOWED_BOTS: "dependabot, not/one" },
    says: /HISHAMOS_ALLOWED_BOTS names "not\/one".*renovate\[bot\]/s,
  },
  { what: "an empty APP_ID", env: { APP_ID: "" }, says: /APP_ID is not set/ },
  { what: "a client id as APP_ID", env: { APP_ID: "Iv23abc" }, says: /APP_ID is "Iv23abc".*whole number/s },
  { what: "0 as APP_ID", env: { APP_ID: "0" }, says: /APP_ID is "0".*from 1/s },
  {
    what: "no PRIVATE_KEY",
    env: { PRIVATE_KEY: undefined },
    says: /PRIVATE_KEY is not set.*PRIVATE_KEY_PATH/s,
  },
  {
    what: "a PRIVATE_KEY that is none",
    env: { PRIVATE_KEY: "s3cret" },
    says: /PRIVATE_KEY is not a private key.*PEM.*base64/s,
  },
  { what: "a public key", env: { PRIVATE_KEY: publicKey }, says: /PRIVATE_KEY is not a private key/ },
  {
    what: "half a PRIVATE_KEY",
    env: { PRIVATE_KEY: privateKey.slice(0, 500) },
    says: /PRIVATE_KEY is not a private key/,
  },
  {
    what: "a PRIVATE_KEY_PATH to nothing",
    env: { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: "/nowhere/app.pem" },
    says: /PRIVATE_KEY_PATH names \/nowhere\/app\.pem, which can't be read.*\.pem file/s,
  },
  {
    what: "a PRIVATE_KEY_PATH to something else",
    env: { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: notes },
    says: /PRIVATE_KEY_PATH is not a private key/,
  },
  {
    what: "no WEBHOOK_SECRET",
    env: { WEBHOOK_SECRET: undefined },
    says: /WEBHOOK_SECRET is not set.*App's webhook settings/s,
  },
  { what: "an empty WEBHOOK_SECRET", env: { WEBHOOK_SECRET: "" }, says: /WEBHOOK_SECRET is not set/ },
  {
    what: "a channel that is none",
    env: { WEBHOOK_PROXY_URL: "smee" },
    says: /WEBHOOK_PROXY_URL is no channel's address.*smee\.io/s,
  },
  {
    what: "an onboarding that is neither",
    env: { HISHAMOS_ONBOARDING: "no" },
    says: /HISHAMOS_ONBOARDING is "no".*on or off/s,
  },
  { what: "a PORT in words", env: { PORT: "http" }, says: /PORT is "http".*0 to 65535/s },
  { what: "a PORT too high", env: { PORT: "65536" }, says: /PORT is "65536".*0 to 65535/s },
  { what: "a negative PORT", env: { PORT: "-1" }, says: /PORT is "-1"/ },
  { what: "a PORT with a point", env: { PORT: "80.5" }, says: /PORT is "80.5"/ },
  {
    what: "no concurrency",
    env: { HISHAMOS_CONCURRENCY: "0" },
    says: /HISHAMOS_CONCURRENCY is "0".*1 to 10000/s,
  },
  ...["80", "9/500", "500/80", "many"].map((limits) => ({
    what: `write limits as ${limits}`,
    env: { HISHAMOS_WRITE_LIMITS: limits },
    says: /HISHAMOS_WRITE_LIMITS is ".*".*As 80\/500/s,
  })),
  {
    what: "no retention",
    env: { HISHAMOS_RETENTION_DAYS: "0" },
    says: /HISHAMOS_RETENTION_DAYS is "0".*1 to 3650/s,
  },
  {
    what: "an API token that can be guessed",
    env: { HISHAMOS_API_TOKEN: "s3cret" },
    says: /HISHAMOS_API_TOKEN is too short.*openssl rand/s,
  },
  ...["hishamos.example", "ftp://hishamos.example", "https://hishamos.example/path"].map((url) => ({
    what: `a public address as ${url}`,
    env: { HISHAMOS_URL: url },
    says: /HISHAMOS_URL is not the address of a service/,
  })),
  {
    what: "a WEBHOOK_PATH without /",
    env: { WEBHOOK_PATH: "hooks" },
    says: /WEBHOOK_PATH must begin with \/.*\/api\/github\/webhooks/s,
  },
  {
    what: "a GHE_HOST with a path",
    env: { GHE_HOST: "git hub" },
    says: /GHE_HOST gives .*host name.*GHE_PROTOCOL/s,
  },
  {
    what: "a GHE_HOST that is an address",
    env: { GHE_HOST: "https://ghes.example" },
    says: /GHE_HOST .*host name/s,
  },
  {
    what: "GHE_PROTOCOL ftp",
    env: { GHE_HOST: "ghes", GHE_PROTOCOL: "ftp" },
    says: /GHE_PROTOCOL http or https/,
  },
  {
    what: "a DATABASE_URL of another database",
    env: { DATABASE_URL: "mysql://u:s3cret@h/d" },
    says: /DATABASE_URL is not a Postgres address.*postgres:\/\//s,
  },
  {
    what: "a DATABASE_URL that is no address",
    env: { DATABASE_URL: "s3cret" },
    says: /DATABASE_URL is not a Postgres address/,
  },
  {
    what: "an unknown LOG_LEVEL",
    env: { LOG_LEVEL: "loud" },
    says: /LOG_LEVEL is not a level.*trace, debug, info/s,
  },
  {
    what: "an unknown provider",
    env: { HISHAMOS_MODEL: "parrot:1" },
    says: /HISHAMOS_MODEL names the unknown provider "parrot".*anthropic:/s,
  },
  {
    what: "a model without its name",
    env: { HISHAMOS_MODEL: "openai" },
    says: /HISHAMOS_MODEL names no model of openai/,
  },
  {
    what: "a model without its key",
    env: { HISHAMOS_MODEL: "anthropic:claude" },
    says: /no API key.*ANTHROPIC_API_KEY/s,
  },
  {
    what: "a model without its address",
    env: { HISHAMOS_MODEL: "openai-compatible:llama" },
    says: /HISHAMOS_MODEL_URL is needed.*http:\/\/localhost:11434\/v1/s,
  },
  {
    what: "a key with a line break",
    env: { HISHAMOS_MODEL: "openai:gpt", OPENAI_API_KEY: "s3cret\nkey" },
    says: /OPENAI_API_KEY holds characters that no API key has/,
  },
  {
    what: "a secret that is granted to nobody",
    env: { HISHAMOS_SECRETS: "SLACK_TOKEN" },
    says: /HISHAMOS_SECRETS has "SLACK_TOKEN"\..*acme\/shop:SLACK_TOKEN@hooks\.slack\.com,DEPLOY_KEY; acme\/\*:PAGER/s,
  },
  {
    what: "a secret pinned to an address",
    env: { HISHAMOS_SECRETS: "acme/shop:A@https://example.com" },
    says: /HISHAMOS_SECRETS has "A@https:\/\/example\.com"/,
  },
  {
    what: "a secret without a value",
    env: { HISHAMOS_SECRETS: "acme/shop:A,B; acme/*:B@example.com", HISHAMOS_SECRET_A: "s3cret" },
    says: /HISHAMOS_SECRET_B is not set, and HISHAMOS_SECRETS grants it/,
  },
  {
    what: "a secret with an empty value",
    env: { HISHAMOS_SECRETS: "acme/shop:A", HISHAMOS_SECRET_A: "" },
    says: /HISHAMOS_SECRET_A is not set/,
  },
  {
    what: "a secret of several lines",
    env: { HISHAMOS_SECRETS: "acme/shop:A", HISHAMOS_SECRET_A: "s3cret\n" },
    says: /HISHAMOS_SECRET_A has characters that HTTP does not allow.*one line/s,
  },
  {
    what: "a host that is an address",
    env: { HISHAMOS_HTTP_HOSTS: "ci.internal https://ci.internal" },
    says: /HISHAMOS_HTTP_HOSTS names "https:\/\/ci\.internal".*10\.0\.0\.7:8080/s,
  },
  {
    what: "a password in the model's address",
    env: { HISHAMOS_MODEL: "openai-compatible:llama", HISHAMOS_MODEL_URL: "http://u:s3cret@h/v1" },
    says: /HISHAMOS_MODEL_URL must hold no user, password.*HISHAMOS_MODEL_API_KEY/s,
  },
];

describe("a wrong setting is named, with the right form and without its secret", () => {
  test.for(mistakes)("$what", ({ env, says }) => {
    const lines = linesFor(env);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/HOS\d{3}/);
    expect(lines[0]).toMatch(says);
    expect(lines[0]).not.toMatch(/s3cret|BEGIN|MII/);
  });

  test("all mistakes are told at once", () => {
    const read = readConfig({ PORT: "x", DATABASE_URL: "x", HISHAMOS_MODEL: "x", HISHAMOS_SECRETS: "a/b:A" });
    const lines = "problems" in read ? read.problems.map(formatProblem).join("\n") : "";
    for (const name of [
      "APP_ID",
      "PRIVATE_KEY",
      "WEBHOOK_SECRET",
      "PORT",
      "DATABASE_URL",
      "HISHAMOS_MODEL",
      "HISHAMOS_SECRET_A",
    ]) {
      expect(lines).toContain(name);
    }
  });
});

const accepted: readonly { readonly what: string; readonly env: Environment; readonly config: object }[] = [
  {
    what: "nothing but what is needed",
    env: {},
    config: {
      app: { id: 17, privateKey: privateKey.trim(), webhookSecret: "whsec" },
      webhookPath: "/api/github/webhooks",
      webhookProxyUrl: null,
      onboarding: true,
      apiUrl: null,
      http: { host: "localhost", port: 3000 },
      model: null,
      concurrency: 100,
      retentionDays: 90,
      api: { token: null, publicUrl: null },
      writeLimits: { perMinute: 80, perHour: 500 },
      logLevel: "info",
    },
  },
  {
    what: "write limits",
    env: { HISHAMOS_WRITE_LIMITS: "160/1000" },
    config: { writeLimits: { perMinute: 160, perHour: 1_000 } },
  },
  { what: "no onboarding", env: { HISHAMOS_ONBOARDING: "off" }, config: { onboarding: false } },
  {
    what: "a channel",
    env: { WEBHOOK_PROXY_URL: "https://smee.io/abc" },
    config: { webhookProxyUrl: "https://smee.io/abc" },
  },
  { what: "no write limits", env: { HISHAMOS_WRITE_LIMITS: "off" }, config: { writeLimits: null } },
  {
    what: "a key with escaped line ends",
    env: { PRIVATE_KEY: privateKey.replaceAll("\n", "\\n") },
    config: { app: { privateKey } },
  },
  {
    what: "a key in base64",
    env: { PRIVATE_KEY: Buffer.from(privateKey).toString("base64") },
    config: { app: { privateKey } },
  },
  {
    what: "a key from a file",
    env: { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: keyFile },
    config: { app: { privateKey: privateKey.trim() } },
  },
  { what: "any free port", env: { PORT: "0" }, config: { http: { port: 0 } } },
  {
    what: "a server of one's own",
    env: { GHE_HOST: "127.0.0.1:4000", GHE_PROTOCOL: "http" },
    config: { apiUrl: "http://127.0.0.1:4000/api/v3" },
  },
  {
    what: "a server by its IPv6 address",
    env: { GHE_HOST: "[::1]:4000" },
    config: { apiUrl: "https://[::1]:4000/api/v3" },
  },
  { what: "a directory", env: { HISHAMOS_DATA_DIR: "/data" }, config: { state: { directory: "/data" } } },
  {
    what: "a database",
    env: { DATABASE_URL: "postgresql://u:p@h/d" },
    config: { state: { databaseUrl: "postgresql://u:p@h/d" } },
  },
];

test("secrets are those that are granted, with the values that stand for them", () => {
  const read = readConfig({
    ...good,
    HISHAMOS_SECRETS: "acme/shop:A@hooks.example; acme/*:B",
    HISHAMOS_SECRET_A: "value of a",
    HISHAMOS_SECRET_B: "value of b",
    HISHAMOS_SECRET_C: "value of c",
    HISHAMOS_HTTP_HOSTS: "CI.internal, 127.0.0.1:8080",
  });
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join());
  const { secrets, allowHosts } = read.config.requests;
  const inShop = (name: string) => secrets?.get(name, { id: 1, owner: "acme", name: "shop" });
  expect(["A", "B", "C"].map(inShop)).toEqual([
    { value: "value of a", hosts: ["hooks.example"] },
    { value: "value of b", hosts: null },
    null,
  ]);
  expect(secrets?.get("A", { id: 2, owner: "acme", name: "cart" })).toBe(null);
  expect(allowHosts).toEqual(["ci.internal", "127.0.0.1:8080"]);
  // What is logged of it shows no value.
  expect(JSON.stringify(read.config.requests)).not.toContain("value of");
});

test.for(accepted)("$what is accepted", ({ env, config }) => {
  expect(readConfig({ ...good, ...env })).toMatchObject({ config });
});
