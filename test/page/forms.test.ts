import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Execution, Run } from "../../src/core/execution.ts";
import { loadWorkflow } from "../../src/definition/index.ts";
import type { SteeringRequest, Wait } from "../../src/engine/ports/index.ts";
import { drawing } from "../../src/github/report/drawing.ts";
import { type Bench, openBench } from "../api/support.ts";
import { anExecution, nextRevision } from "../support/execution.ts";
import { type Browser, chromiumPath, openBrowser } from "./browser.ts";

const text = `name: Work
agents: { bot: { instructions: Work. } }
steps:
  - { id: ask, agent: bot }
  - { id: each, agent: bot, for_each: { in: "{{ input.all }}" } }
  - { id: both, parallel: { join: all, steps: [{ id: a, delay: 1d }, { id: b, agent: bot }] } }
  - { id: qa, workflow: ./qa.yml }
`;
const loaded = loadWorkflow(text, "w.yml");
if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
const { workflow } = loaded;

const facts = { round: 1, visit: 1, attempt: 1, enteredAt: 0, from: null, input: {}, effects: [] };
type Waiting = Extract<Run, { state: "running" }>["waiting"];
const waits = (waiting: Waiting, input: Run["input"] = {}): Run => ({
  ...facts,
  input,
  state: "running",
  waiting,
  deadline: null,
  remind: null,
});
const ended = (output: Run["input"] = null): Run => ({ ...facts, state: "completed", endedAt: 1, output });
const inside = { for: "steps", next: 0 } as const;
const asked = {
  for: "person",
  agent: "bot",
  question: "How bad?",
  outputSchema: null,
  produces: null,
} as const;
const schema = {
  required: ["severity"],
  properties: { severity: { type: "integer" }, why: { type: "string" }, sure: { type: "boolean" } },
};
const child = "c".repeat(32);

function stepsOf(runs: Readonly<Record<string, Run>>): Execution["steps"] {
  const since = { round: 0, visit: 0 };
  return Object.fromEntries(
    Object.entries(runs).map(([path, run]) => [path, { visits: 1, attempts: 1, since, runs: [run] }]),
  );
}

describe.skipIf(chromiumPath === null)("the page's forms and drawing, in a real browser", () => {
  let bench: Bench;
  let browser: Browser;
  let page: Page;
  let execution: Execution;
  let open: Wait[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    [bench, browser] = await Promise.all([openBench(), openBrowser(chromiumPath ?? "")]);
    bench.gateway.draw = async (one) => ({ mermaid: drawing(workflow, one), waits: open });
    page = await browser.context.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(bench.url);
    await page.getByLabel("Token").fill("maya");
    await page.keyboard.press("Enter");
    await page.getByText("Signed in as maya").waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await bench.close();
  });
  beforeEach(() => {
    bench.gateway.asked.splice(0);
    bench.gateway.refusal = null;
  });

  let made = 0;
  async function show(over: Partial<Execution>, wait: Wait[] = []): Promise<void> {
    made += 1;
    open = wait;
    const id = made.toString(16).padStart(32, "0");
    execution = anExecution({ id, installation: 1, ...over });
    await bench.stores.executions.create(execution);
    await page.goto(`${bench.url}/#/executions/${id}`);
    await page.locator(".facts").getByText(id).waitFor();
  }

  async function becomes(over: Partial<Execution>): Promise<void> {
    execution = nextRevision(execution, over);
    await bench.stores.executions.save(execution);
    bench.api.saved(execution);
  }

  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const inDialog = (name: string) => page.getByRole("dialog").getByRole("button", { name }).click();
  const field = (label: RegExp | string, words: string) => page.getByLabel(label).fill(words);
  const askedPerson = () =>
    show({ steps: stepsOf({ ask: waits(asked) }) }, [
      { step: "ask", what: "a person's answer (bot)", who: null, answer: schema },
    ]);

  const rows: readonly {
    readonly form: string;
    readonly shown: () => Promise<void>;
    readonly does: () => Promise<void>;
    readonly sends: Partial<SteeringRequest>;
  }[] = [
    { form: "pause", shown: () => show({}), does: () => press("Pause"), sends: { command: "pause" } },
    {
      form: "resume",
      shown: () => show({ state: "paused" }),
      does: () => press("Resume"),
      sends: { command: "resume" },
    },
    {
      form: "allow, where an outsider's start waits",
      shown: () => show({ state: "paused", held: "eve" }),
      does: () => press("Allow"),
      sends: { command: "allow" },
    },
    {
      form: "cancel, asked again and by the keyboard",
      shown: () => show({}),
      does: async () => {
        await page.getByRole("button", { name: "Cancel…" }).press("Enter");
        await field(/^Reason/, "Not wanted");
        await page.keyboard.press("Enter");
      },
      sends: { command: "cancel", reason: "Not wanted" },
    },
    {
      form: "retry, from a step and with the newest definition",
      shown: () => show({ state: "failed", endedAt: 2, steps: stepsOf({ ask: ended(), qa: ended() }) }),
      does: async () => {
        await press("Retry…");
        await page.getByLabel("From").selectOption("qa");
        await page.getByLabel("With the newest definition").check();
        await inDialog("Retry");
      },
      sends: { command: "retry", step: "qa", latest: true },
    },
    {
      form: "retry, where it ended",
      shown: () => show({ state: "cancelled", endedAt: 2 }),
      does: async () => {
        await press("Retry…");
        await inDialog("Retry");
      },
      sends: { command: "retry", step: null, latest: false },
    },
    {
      form: "skip",
      shown: askedPerson,
      does: async () => {
        await press("Skip…");
        await field(/^Reason/, "Known already");
        await inDialog("Skip step");
      },
      sends: { command: "skip", step: "ask", reason: "Known already" },
    },
    {
      form: "done, with the values that the step asks for",
      shown: askedPerson,
      does: async () => {
        await field("severity", "4");
        await field(/^why/, "It <b>burns</b>");
        await page.getByLabel(/^sure/).check();
        await press("Done");
      },
      sends: {
        command: "done",
        step: "ask",
        values: { severity: 4, why: "It <b>burns</b>", sure: true },
      },
    },
    {
      form: "fail, with the reason that it needs",
      shown: askedPerson,
      does: async () => {
        await press("Can’t be done…");
        await inDialog("It can't be done");
        // The browser itself asks for what is missing.
        expect(bench.gateway.asked).toEqual([]);
        await field(/^Reason/, "No device");
        await inDialog("It can't be done");
      },
      sends: { command: "fail", step: "ask", reason: "No device" },
    },
  ];
  test.for(rows)("$form", async ({ shown, does, sends }) => {
    await shown();
    await does();
    await page.getByText("Taken. It shows here").waitFor();
    expect(bench.gateway.asked).toMatchObject([{ steer: execution.id, by: "maya", ...sends }]);
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  test("what is refused stands in the dialog, which Escape closes, back to its button", async () => {
    await show({});
    const problem = { code: "HOS304", message: "the execution is paused", hint: "Resume it." };
    bench.gateway.refusal = { refused: "conflict", problem };
    await page.getByRole("button", { name: "Cancel…" }).press("Enter");
    await inDialog("Cancel execution");
    await page.getByRole("dialog").getByRole("alert").getByText("the execution is paused").waitFor();
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Cancel…");
  });

  test("a button that goes leaves the focus to the one that comes", async () => {
    await show({});
    await press("Pause");
    await page.getByText("Taken. It shows here").waitFor();
    await becomes({ state: "paused", pausedAt: 1 });
    await page.getByRole("button", { name: "Resume" }).waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Resume");
    // What was taken shows by now, and is not announced any more.
    expect(await page.getByText("Taken. It shows here").count()).toBe(0);
  });

  test("a for_each, a parallel and a child workflow are drawn and listed as what they are", async () => {
    await show({
      steps: stepsOf({
        ask: ended(),
        each: waits(inside, ["x", "y", "z"]),
        "each[0]": ended(),
        "each[1]": waits(null),
        both: waits(inside),
        "both/a": waits({ for: "delay", until: 9 }),
        "both/b": ended(),
        qa: waits({ for: "child", execution: child }),
      }),
    });
    const node = (path: string) =>
      page.locator(".drawing g", { has: page.locator("title", { hasText: path }) });
    await node("each: 1 of 3 items done (running)").waitFor();
    await node("both: parallel (running)").waitFor();
    await node("both/a: delay (waiting)").waitFor();
    await node("both/b: bot (completed)").waitFor();
    await node("qa: ./qa.yml (running)").waitFor();
    const row = page.locator("table.steps tr", { has: page.locator("th[title='each']") });
    await row.getByText("1 of 3 items done").waitFor();
    expect(await page.getByRole("link", { name: "Its execution" }).getAttribute("href")).toContain(child);
  });

  test("a large output is loaded when it is asked for", async () => {
    const sha256 = "5a".repeat(32);
    const owner = (made + 1).toString(16).padStart(32, "0");
    await bench.stores.blobs.put(sha256, '{"large":"value"}', owner);
    await show({ state: "completed", endedAt: 2, outputs: { $blob: sha256 } });
    await press("Show this large value");
    await page.getByText('{"large":"value"}').waitFor();
    expect(await page.evaluate("document.activeElement.tagName")).toBe("PRE");
  });

  test("whatever can be used has a name, and the page is one of headings and landmarks", async () => {
    await askedPerson();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByRole("heading", { name: /ask waits for/ }).waitFor();
    const unnamed =
      await page.evaluate(`[...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex='0']")]
      .filter((one) => one.checkVisibility())
      .filter((one) => !(one.ariaLabel || one.labels?.[0]?.textContent || one.textContent).trim())
      .map((one) => one.outerHTML)`);
    expect(unnamed).toEqual([]);
    const landmarks = await page.locator("header, main, nav[aria-label], [role=status]").count();
    expect(landmarks).toBeGreaterThanOrEqual(4);
    await page.keyboard.press("Home");
    await page.locator(".skip").focus();
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
  });

  test("nothing of all this went wrong unheard", () => {
    expect(complaints).toEqual([]);
  });
});
