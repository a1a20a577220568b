// Takes docs/pictures/ from the real thing: the service plays the demo up to the approval of the deployment, and Chromium
// shows the page, and the sticky comment as GitHub would: `node scripts/pictures.ts`.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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
const sandbox = await startSandboxGitHub({ pages: "https://github.com" });
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
  await sandbox.until(() => sticky().includes(`\`${until}\` waits for approval`), {
    what: "the approval of the deployment in the sticky comment",
  });
  await player.done();
  const page = await browser.context.newPage();
  await shootPage(page, `http://127.0.0.1:${port}`);
  await shootComment(page, commentPage(sticky()));
} finally {
  await browser.close();
  await service.stop();
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
}

async function shootPage(page: Page, url: string): Promise<void> {
  await page.setViewportSize({ width: 1000, height: 1120 });
  await page.goto(url);
  await page.getByLabel("Token").fill(sandbox.tokenFor("quinn"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page
    .getByRole("link", { name: /Checkout fails/ })
    .first()
    .click();
  await page.locator("figure.drawing svg[role=img]").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.screenshot({ path: join(folder, "page.png") });
}

async function shootComment(page: Page, html: string): Promise<void> {
  await page.goto("about:blank");
  await page.setViewportSize({ width: 900, height: 600 });
  await page.setContent(html);
  await page.locator("article").screenshot({ path: join(folder, "sticky-comment.png") });
}
