import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { startChannelServer } from "./channel-server.ts";
import { Browser } from "./support.ts";

const server = new URL("../../src/server.ts", import.meta.url).pathname;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** `npm start`, and what it prints as it comes. */
class Started {
  readonly child: ChildProcess;
  printed = "";
  readonly #exit: Promise<unknown[]>;

  constructor(env: Readonly<Record<string, string>>) {
    const all = { PATH: process.env["PATH"], HOST: "127.0.0.1", PORT: "0", NODE_ENV: "production", ...env };
    this.child = spawn(process.execPath, [server], { env: all, stdio: ["ignore", "pipe", "pipe"] });
    this.#exit = once(this.child, "exit");
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.printed += text;
        this.child.emit("printed");
      });
    }
    closing.push(() => this.child.kill("SIGKILL"));
  }

  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.printed);
      if (found) return found[1] ?? found[0];
      await Promise.race([
        once(this.child, "printed"),
        this.#exit.then(() => Promise.reject(new Error(`it ended:\n${this.printed}`))),
      ]);
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    const [code] = await this.#exit;
    return code as number | null;
  }
}

test("a first start sets up the App, goes on as the service without another start, and knows it the next time", async () => {
  const github = await startSandboxGitHub();
  closing.push(() => github.close());
  const channel = await startChannelServer();
  closing.push(() => channel.close());
  const directory = mkdtempSync(join(tmpdir(), "hishamos-first-"));
  closing.push(() => rmSync(directory, { recursive: true }));
  const { GHE_HOST, GHE_PROTOCOL } = github.environment();
  const env = { GHE_HOST, GHE_PROTOCOL, HISHAMOS_DATA_DIR: directory, HISHAMOS_WRITE_LIMITS: "off" };

  const first = new Started(env);
  const link = await first.until(/^ {2}(http:\S+\/setup\?key=\S+)$/m);
  const browser = await new Browser().open(link);
  await browser.submit(/setup\/app/, { name: "Our flows", channel: channel.url });
  await channel.heard;
  const form = browser.form(/settings\/apps\/new/);
  const manifest = JSON.parse(form.fields.get("manifest") ?? "") as {
    readonly url: string;
    readonly redirect_url: string;
  };
  const { code } = github.registerApp(manifest);
  await github.settled();
  const state = new URL(form.action).searchParams.get("state") ?? "";
  await browser.open(`${manifest.redirect_url}?code=${code}&state=${state}`);
  expect(browser.text).toContain("The App Our flows is made");

  await first.until(/"msg":"listening"/);
  // By the channel, to the service.
  github.createRepository({ owner: "acme", name: "shop", installed: false });
  github.install({ account: "acme", announce: true });
  await first.until(/"outcome":"processed: a first workflow is offered to acme\/shop by #1"/);
  expect(github.pullRequests("acme/shop")).toHaveLength(1);
  await browser.open("/setup");
  expect(browser.text).toMatch(
    /Webhooks arrive, signed with this App's secret:.* ping at .* installation at /,
  );
  expect(browser.text).toContain("The service is running");
  expect(first.printed.match(/setup\?key=/g)).toHaveLength(1);
  expect(first.printed).not.toContain(github.app.privateKey.split("\n")[1]);
  expect(await first.end("SIGTERM")).toBe(0);

  const second = new Started(env);
  await second.until(/"msg":"listening"/);
  await second.until(/"msg":"webhooks come through a channel"/);
  expect(second.printed).not.toContain("/setup");
  expect(await second.end("SIGTERM")).toBe(0);
});

test("while it waits to be set up it ends by a signal as ever, and has stored no App", async () => {
  const directory = mkdtempSync(join(tmpdir(), "hishamos-first-"));
  closing.push(() => rmSync(directory, { recursive: true }));
  const started = new Started({ HISHAMOS_DATA_DIR: directory });
  const link = await started.until(/^ {2}(http:\S+)$/m);
  const health = await fetch(new URL("/healthz", link));
  expect(health.status).toBe(200);
  expect((await fetch(new URL("/readyz", link))).status).toBe(503);
  expect(await started.end("SIGTERM")).toBe(0);
  expect(existsSync(join(directory, "app.json"))).toBe(false);
});

test("what else is wrong is told first", async () => {
  const started = new Started({ HISHAMOS_DATA_DIR: join(tmpdir(), "hishamos-none"), PORT: "x" });
  await started.until(/HOS701 PORT/);
  expect(await started.end("SIGCONT")).toBe(2);
  expect(existsSync(join(tmpdir(), "hishamos-none"))).toBe(false);
});
