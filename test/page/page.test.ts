import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inDirectory, type Place, REPO, Stage } from "../e2e/stage.ts";
import { freePort } from "../support/free-port.ts";
import { type Browser, chromiumPath, openBrowser } from "./browser.ts";

const workflow = `name: Small
on:
  issues: { types: [opened] }
permissions: { issues: write }
agents:
  judge:
    instructions: Judge it.
    output_schema: { type: object, required: [severity], properties: { severity: { type: integer, maximum: 5 } } }
steps:
  - { id: judge, agent: judge, timeout: 1d, max_visits: 3, on_success: go, on_failure: tell }
  - { id: go, approval: { from: ["role:write"], message: "Shall it go?" }, timeout: 1d, on_success: tell, on_failure: judge }
  - { id: tell, action: issues.createComment, inputs: { issue_number: "{{ subject.number }}", body: "It went." } }
`;
/** What a stranger may call an issue. */
const hostile = `<img src=x onerror="document.body.dataset.taken=1"><b>bold</b>`;

describe.skipIf(chromiumPath === null)("the monitoring page, in a real browser", () => {
  let place: Place;
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  /** What the browser complains of: a violated policy, an error that nothing caught. */
  const complaints: string[] = [];

  beforeAll(async () => {
    const directory = await inDirectory();
    // The same after a restart: a page knows one address.
    place = { ...directory, env: { ...directory.env, PORT: String(await freePort()) } };
    stage = await Stage.open(place, {
      files: { ".hishamos/small.yml": workflow },
      collaborators: { maya: "write", quinn: "write" },
    });
    [browser] = await Promise.all([openBrowser(chromiumPath ?? ""), stage.start()]);
    page = await browser.context.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (/policy|trusted/i.test(message.text())) complaints.push(message.text());
    });
  });
  afterAll(async () => {
    await browser.close();
    await stage.close();
    await place.remove();
  });

  const heading = (name: string) => page.getByRole("heading", { name, level: 1, exact: true });
  const pill = (word: string) => page.locator(".execution-head .pill", { hasText: word });
  const row = (step: string) =>
    page.locator("table.steps tr", { has: page.getByText(step, { exact: true }) });
  const sideways = () =>
    page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

  async function signIn(token: string): Promise<void> {
    await page.getByLabel("Token").fill(token);
    await page.keyboard.press("Enter");
  }

  test("says that a token is nobody's, takes one that is somebody's, and lists what that one may see", async () => {
    await page.goto(stage.url);
    await signIn("ghp_nobodys");
    await page.getByRole("alert").getByText("The token is not known").waitFor();
    await signIn(stage.sandbox.tokenFor("quinn"));
    await page.getByText("There are no executions yet").waitFor();

    stage.sandbox.as("maya").openIssue({ repo: REPO, title: hostile });
    await stage.waits("judge");
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByRole("link", { name: hostile, exact: true }).waitFor();
    await page.getByText("0 of 1 entered step ended; waits at judge").waitFor();
    expect(await page.evaluate("sessionStorage.length + ' ' + localStorage.length")).toBe("1 0");
  });

  test("filters by state and repository, and keeps the filter in the address", async () => {
    await page.getByLabel("State").selectOption("failed");
    await page.getByText("Nothing here is like that.").waitFor();
    expect(page.url()).toContain("state=failed");
    await page.getByLabel("State").selectOption("");
    await page.getByLabel("Repository").fill(REPO);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: hostile, exact: true }).waitFor();
    expect(page.url()).toContain("repository=acme%2Fshop");
  });

  test("shows a title of HTML as the text that it is", async () => {
    await page.getByRole("link", { name: hostile, exact: true }).click();
    await heading(hostile).waitFor();
    expect(await page.locator("main img, main h1 b").count()).toBe(0);
    expect(await page.evaluate("document.body.dataset.taken")).toBeUndefined();
  });

  test("shows live what a step came to elsewhere, in the table, the drawing and the timeline", async () => {
    await row("judge").getByText("waits for a person").waitFor();
    await page.locator(".drawing .node.waiting", { hasText: "judge" }).waitFor();
    expect(await page.locator(".drawing .node.pending").count()).toBe(2);
    const answer = "/hishamos done judge severity=4";
    stage.sandbox.as("maya").comment({ repo: REPO, number: 1 }, answer);
    await row("judge").getByText("completed").waitFor();
    await page.locator(".drawing .node.completed", { hasText: "judge" }).waitFor();
    await page.locator(".timeline li", { hasText: "maya" }).first().waitFor();
    await page
      .locator("#told", { hasText: /judge is completed|go is waiting/ })
      .waitFor({ state: "attached" });
  });

  test("finds the service again after it was killed, and knows what is asked", async () => {
    await stage.service.kill();
    await page.getByText("Connection lost").first().waitFor();
    await stage.start();
    await page.getByText("Live", { exact: true }).waitFor({ timeout: 15_000 });
    await page
      .getByText("From anyone with the role write or higher; not who started it nor the author")
      .waitFor();
    expect(await page.getByText("Connection lost").count()).toBe(0);
  });

  test("asks before it cancels, and tells what the service refuses", async () => {
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Keep it going" }).click();
    expect(await page.getByRole("dialog").count()).toBe(0);
    await pill("Waiting").waitFor();

    await page.evaluate(
      (token) => sessionStorage.setItem("hishamos-token", token),
      stage.sandbox.tokenFor("maya"),
    );
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("alert").getByText("Forbidden").waitFor();
    await page.evaluate(
      (token) => sessionStorage.setItem("hishamos-token", token),
      stage.sandbox.tokenFor("quinn"),
    );
  });

  test("holds on a phone, in light and dark, without scrolling sideways", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await sideways()).toBe(0);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test("approves by the keyboard for the person whose token it is, with their reason, and shows the end", async () => {
    await page.getByLabel(/^Reason/).fill("Looks <b>fine</b>");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await pill("Completed").waitFor();
    await page.locator(".timeline li", { hasText: "quinn approve" }).getByText("Looks <b>fine</b>").waitFor();
    expect(await page.getByRole("button", { name: /Cancel|Pause|Retry|Approve/ }).count()).toBe(0);
    expect(stage.said(1).some((body) => body.startsWith("It went."))).toBe(true);
  });

  test("forgets the token, and breaks no rule of its own on the way", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Token").waitFor();
    expect(await page.evaluate("sessionStorage.length")).toBe(0);
    expect(complaints).toEqual([]);
  });
});
