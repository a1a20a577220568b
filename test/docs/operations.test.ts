import { existsSync, globSync, readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { exportUsage } from "../../src/cli/export.ts";
import { importUsage } from "../../src/cli/import.ts";
import { main } from "../../src/cli/main.ts";
import { queueConnections } from "../../src/queue/pg-boss/jobs.ts";
import { storeConnections } from "../../src/state/postgres/open.ts";

const read = (file: string) => readFileSync(file, "utf8");
const operations = read("docs/operations.md");
const readme = read("README.md");
const dockerfile = read("Dockerfile");
const compose = parse(read("compose.yaml")) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
};
interface Service {
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly deploy?: { readonly replicas: number };
  readonly stop_grace_period?: string;
  readonly healthcheck?: unknown;
}

/** Names that are others' to explain: Postgres' image, systemd and Node. */
const foreign = /^(POSTGRES_|NODE_ENV$)/;
const told = new Set(readme.match(/`[A-Z][A-Z_]+`/g)?.map((name) => name.slice(1, -1)));
const unknown = (names: Iterable<string>) =>
  [...names].filter((name) => !told.has(name) && !foreign.test(name));

test("the variables that the document names are in the README's table", () => {
  const names =
    operations.match(/(?<![\w$])(?:HISHAMOS_[A-Z_]+|[A-Z]+_[A-Z_]*[A-Z]|PORT|HOST)(?![\w.])/g) ?? [];
  expect(new Set(names).size).toBeGreaterThan(8);
  expect(unknown(new Set(names))).toEqual([]);
});

test("the commands that it names exist, with the arguments that it gives", async () => {
  let usage = "";
  const io = { stdout: (text: string) => void (usage += text), stderr: () => {} };
  await main(["--help"], io);
  const calls = [...operations.matchAll(/(?:npx hishamos|bin\/hishamos\.js|`hishamos) (\w+)(.*)/g)];
  expect(new Set(calls.map(([, name]) => name))).toEqual(new Set(["serve", "doctor", "export", "import"]));
  for (const [, name = ""] of calls) expect(usage).toMatch(new RegExp(`^  ${name} `, "m"));
  for (const text of [exportUsage, importUsage]) expect(text).toContain("ends in .gz");
});

test("the problems that it names are in the catalogue, and the messages in the sources", () => {
  const problems = read("docs/problems.md");
  const codes = [...new Set(operations.match(/HOS\d{3}/g))];
  expect(codes.filter((code) => !problems.includes(code))).toEqual([]);
  const sources = globSync("src/**/*.ts").map(read).join("\n");
  const logs = operations.split("## Logs")[1]?.split("\n## ")[0] ?? "";
  const messages = [...logs.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = ""]) => message);
  expect(messages.length).toBeGreaterThan(5);
  // Some are put together of what could not be done, and that it is tried again.
  const spelt = messages.filter((message) => !sources.includes(`"${message}"`));
  expect(spelt).toEqual([]);
});

test("it counts the connections as they are", () => {
  expect(operations).toContain(
    `at most ${storeConnections + queueConnections} to Postgres (${storeConnections} for the store, ${queueConnections} for the queue)`,
  );
});

test("the image is made of files that there are, and of nothing that is kept out of it", () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, names = ""]) =>
    names.split(" ").slice(0, -1),
  );
  expect(copied.length).toBeGreaterThan(8);
  expect(copied.filter((name) => !existsSync(name))).toEqual([]);
  const allowed = new Set(read(".dockerignore").match(/(?<=^!).+$/gm));
  expect(copied.filter((name) => !allowed.has(name))).toEqual([]);
  // What is shipped as the package is in the image too.
  const { files, bin } = JSON.parse(read("package.json")) as { files: string[]; bin: { hishamos: string } };
  expect(files.filter((name) => name !== "build" && !copied.includes(name))).toEqual([]);
  expect(dockerfile).toContain(`ENTRYPOINT ["node", "${bin.hishamos}"]`);
});

test("the image is not root's, and what it sets is known", () => {
  expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  const env = [...dockerfile.matchAll(/^(?:ENV|  {2}) ?([A-Z_]+)=/gm)].map(([, name = ""]) => name);
  expect(env).toEqual(["NODE_ENV", "HOST", "PORT", "HISHAMOS_DATA_DIR"]);
  expect(unknown(env)).toEqual([]);
  const majors = [...dockerfile.matchAll(/^FROM node:(\d+)-slim/gm)].map(([, major]) => major);
  expect(new Set(majors)).toEqual(new Set(["24"]));
});

test("the health check asks what the service answers", async () => {
  const check = /^HEALTHCHECK[^[]*(\[.+\])$/ms.exec(dockerfile.split("\nENTRYPOINT")[0] ?? "")?.[1] ?? "[]";
  const [program, option, code] = JSON.parse(check) as readonly string[];
  expect([program, option]).toEqual(["node", "-e"]);
  expect(code).toContain("/healthz");
  const ended: number[] = [];
  for (const answer of [{ ok: true }, { ok: false }, null]) {
    const fetch = async () => answer ?? Promise.reject(new Error("refused"));
    const process = { env: { PORT: "3000" }, exit: (status: number) => void ended.push(status) };
    await runInNewContext(code ?? "", { fetch, process });
  }
  expect(ended).toEqual([0, 1, 1]);
});

test("the replicas of compose.yaml are three, with what the service reads, and time to stop", () => {
  const { hishamos, postgres } = compose.services;
  expect(hishamos?.deploy?.replicas).toBe(3);
  expect(unknown(Object.keys(hishamos?.environment ?? {}))).toEqual([]);
  expect(unknown(Object.keys(postgres?.environment ?? {}))).toEqual([]);
  const stopMs = Number(/const stopMs = ([\d_]+);/.exec(read("src/server.ts"))?.[1]?.replaceAll("_", ""));
  expect(Number.parseInt(hishamos?.stop_grace_period ?? "", 10) * 1_000).toBeGreaterThan(stopMs);
  expect(operations).toContain(`ends within ${stopMs / 1_000} s`);
  expect(postgres?.healthcheck).toBeDefined();
  const balancer = compose.configs["balancer"]?.content ?? "";
  // A single dollar sign would be compose's own.
  expect(balancer.match(/(?<!\$)\$(?!\$)/)).toBeNull();
});
