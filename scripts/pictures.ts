// Takes docs/pictures/ from the real thing: the service plays the demo up to the approval of the deployment, and Chromium
// shows the page, and the sticky comment as GitHub would. Addresses of the stand-in are shown as GitHub's own.

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { stickyOf } from "../src/cli/outcome.ts";
import { startSandboxGitHub } from "../src/sandbox/github/index.ts";
import { Player } from "../src/sandbox/scenario/player.ts";
import { readScenario } from "../src/sandbox/scenario/scenario.ts";
import { ServiceProcess } from "../src/sandbox/service-process.ts";
import { chromiumPath, openBrowser } from "../test/page/browser.ts";
import { commentPage } from "./pictures/comment.ts";

const folder = "docs/pictures";
const secret = "sandbox";
const until = "approve_deploy";
if (chromiumPath === null) throw new Error("there is no Chromium to take pictures with");

const read = readScenario(
  readFileSync("src/sandbox/scenarios/bug-lifecycle.yml", "utf8"),
  "bug-lifecycle.yml",
);
if ("problems" in read) throw new Error("the scenario is not valid");
const { scenario } = read;
const stop = scenario.answers.findIndex(({ to }) => to === until);
const [owner = "", name = ""] = scenario.repository.split("/");

const directory = mkdtempSync(join(tmpdir(), "hishamos-pictures-"));
const sandbox = await startSandboxGitHub();
sandbox.createRepository({
  owner,
  name,
  collaborators: scenario.people,
  labels: ["bug"],
  files: {
    ".hishamos/bug-lifecycle.yml": readFileSync("workflows-library/bug-lifecycle.yml", "utf8"),
    ...scenario.files,
  },
});
const service = new ServiceProcess({
  env: {
    ...sandbox.environment(),
    WEBHOOK_SECRET: secret,
    HOST: "127.0.0.1",
    PORT: "0",
    HISHAMOS_DATA_DIR: directory,
    HISHAMOS_WRITE_LIMITS: "off",
  },
  onLine: (line) => {
    for (const trace of line.msg === "saved" ? (line.traces ?? []) : []) player.see(trace);
  },
});
const player = new Player({
  sandbox,
  scenario: { ...scenario, answers: scenario.answers.slice(0, stop) },
  tell: () => {},
  restart: () => Promise.resolve(),
});
const browser = await openBrowser(chromiumPath);
try {
  const port = await service.start();
  sandbox.setWebhookTarget(`http://127.0.0.1:${port}/api/github/webhooks`, secret);
  player.start();
  const sticky = () => stickyOf(sandbox, scenario.repository, player.subject) ?? "";
  await sandbox.until(
    () => new RegExp(`waits for approval.*`, "i").test(sticky()) && sticky().includes(until),
    {
      what: "the approval of the deployment in the sticky comment",
    },
  );
  await player.done();
  const page = await browser.context.newPage();
  const shown = await inFrontOf(port);
  await shootPage(page, shown.url);
  shown.server.closeAllConnections();
  shown.server.close();
  await shootComment(page, commentPage(asGitHub(sticky())));
} finally {
  await browser.close();
  await service.stop();
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
}

function asGitHub(text: string): string {
  return text.replaceAll(sandbox.url, "https://github.com");
}

/** The service with GitHub's addresses in what it says, line by line as it says it. */
async function inFrontOf(port: number) {
  const server = createServer((incoming, outgoing) => {
    const { method, url = "/", headers } = incoming;
    const { "accept-encoding": _, ...asked } = headers;
    const forwarded = request({ host: "127.0.0.1", port, method, path: url, headers: asked }, (answer) => {
      const { "content-length": __, etag: ___, ...told } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, told);
      answer.setEncoding("utf8");
      answer.on("data", (text: string) => void outgoing.write(asGitHub(text)));
      answer.on("end", () => outgoing.end());
    });
    forwarded.on("error", () => outgoing.destroy());
    outgoing.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function shootPage(page: Page, url: string): Promise<void> {
  await page.setViewportSize({ width: 1000, height: 900 });
  await page.goto(url);
  await page.getByLabel("Token").fill(sandbox.tokenFor("quinn"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page
    .getByRole("link", { name: /Checkout fails/ })
    .first()
    .click();
  await page.locator("figure.drawing svg[role=img]").waitFor();
  await page.screenshot({ path: join(folder, "page.png"), fullPage: true });
}

async function shootComment(page: Page, html: string): Promise<void> {
  await page.goto("about:blank");
  await page.setViewportSize({ width: 900, height: 600 });
  await page.setContent(html);
  const picture = await page.locator("article").screenshot();
  writeFileSync(join(folder, "sticky-comment.png"), picture);
}
