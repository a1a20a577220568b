import { expect, test } from "vitest";
import { executionsOf, openShop, REPO, type Shop } from "./shop.ts";

const parent = (reference: string) => `
name: Parent
on: { issues: { types: [opened] } }
permissions: { issues: write }
steps: [{ id: qa, workflow: "${reference}", inputs: { level: 3 } }]
`;
const child = `
name: QA
inputs: { level: { type: integer, required: true } }
steps: [{ id: test, agent: tester }]
outputs: { level: "{{input.level}}" }
`;
const tester = "agent: { name: tester, instructions: Test it. }\n";

function started(shop: Shop) {
  shop.github.as("mona").openIssue({ repo: REPO, title: "It breaks" });
  return shop.settled();
}

/** Pushes the file, and gives what its check run says. */
async function problemsOf(shop: Shop, text: string): Promise<string> {
  shop.github
    .as("mona")
    .push({ repo: REPO, branch: "main", message: "Change", files: { ".hishamos/parent.yml": text } });
  await shop.settled();
  const runs = shop.github.checkRuns(REPO).filter(({ name }) => name === "HishamOS / validate");
  return runs.at(-1)?.output.summary ?? "";
}

test("an execution is pinned with the workflows and agents that it needs, and no others", async () => {
  const shop = await openShop({
    files: {
      ".hishamos/parent.yml": parent("./qa.yml"),
      ".hishamos/qa.yml": child,
      ".hishamos/agents/tester.yml": tester,
      ".hishamos/agents/other.yml": tester.replace("tester", "other"),
      ".hishamos/tests/parent.yml": "this: is no workflow",
    },
  });
  await started(shop);
  const [execution] = (await executionsOf(shop)).filter(({ parent: above }) => above === null);
  const pinned = await shop.stores.definitions.get(execution?.workflow.hash ?? "");
  expect(Object.keys(pinned?.files ?? {}).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    ".hishamos/agents/tester.yml",
    ".hishamos/qa.yml",
  ]);
  const running = (await executionsOf(shop)).find(({ workflow }) => workflow.stem === "qa");
  expect(running).toMatchObject({ parent: { execution: execution?.id }, input: { level: 3 } });
});

test("a change of a child is a change of what runs it", async () => {
  const files = {
    ".hishamos/parent.yml": parent("./qa.yml"),
    ".hishamos/qa.yml": child,
    ".hishamos/agents/tester.yml": tester,
  };
  const shop = await openShop({ files });
  await started(shop);
  const text = child.replace("name: QA", "name: QA 2");
  shop.github.as("mona").push({ branch: "main", message: "QA", files: { ".hishamos/qa.yml": text } });
  await shop.settled();
  await started(shop);
  const hashes = (await executionsOf(shop)).flatMap(({ parent: above, workflow }) =>
    above === null ? [workflow.hash] : [],
  );
  expect(new Set(hashes).size).toBe(2);
});

test("a file of another repository of the installation is read at its commit, and once", async () => {
  const shop = await openShop();
  shop.github.createRepository({ owner: "acme", name: "shared", files: { "flows/qa.yml": child } });
  shop.github.setRole("olga", "admin", "acme/shared");
  const pushed = (message: string, text: string) =>
    shop.github
      .as("olga")
      .push({ repo: "acme/shared", branch: "main", message, files: { "flows/qa.yml": text } }).sha;
  const first = pushed("QA again", `${child}# again\n`);
  // Its agent is nowhere here.
  expect(await problemsOf(shop, parent(`acme/shared/flows/qa.yml@${first}`))).toMatch(/HOS202/);
  const second = pushed("QA by a role", child.replace("agent: tester", "agent: qa-agent"));
  expect(await problemsOf(shop, parent(`acme/shared/flows/qa.yml@${second}`))).toMatch(/✅/);
  const asked = () => shop.github.requests().filter(({ path }) => path.includes("/acme/shared/contents/"));
  const before = asked().length;
  await started(shop);
  await started(shop);
  expect(asked()).toHaveLength(before);
  expect((await executionsOf(shop)).some(({ workflow }) => workflow.stem === "qa")).toBe(true);
});

test.for([
  ["./none.yml", /there is no workflow/],
  [`acme/secret/qa.yml@${"a".repeat(40)}`, /acme\/secret has no such file at that commit, or .* can't/],
  [
    "library/bug-lifecycle@99.0.0",
    /Of library\/bug-lifecycle this release has (?:\d+\.\d+\.\d+, )*\d+\.\d+\.\d+\./,
  ],
  ["library/nothing@1.0.0", /`hishamos init` lists what ships/],
] as const)("a reference to %s is told with the way out", async ([reference, words]) => {
  const shop = await openShop();
  expect(await problemsOf(shop, parent(reference))).toMatch(words);
});

const settings = `
vars: { team: qa, least: 3 }
commands: { cancel: [olga], allow: ["role:admin"] }
`;
const reading = `
name: Read
on: { issues: { types: [opened], condition: "vars.least > 2" } }
steps: [{ id: look, agent: bug-triage-agent, inputs: { team: "{{ vars.team }}" } }]
`;

test("the settings' vars are read by triggers and steps", async () => {
  const shop = await openShop({
    files: { ".hishamos/config.yml": settings, ".hishamos/read.yml": reading },
  });
  await started(shop);
  const [execution] = await executionsOf(shop);
  expect(execution?.vars).toEqual({ team: "qa", least: 3 });
  expect(execution?.steps["look"]?.runs.at(-1)?.input).toEqual({ team: "qa" });
});

test.for([
  ["", "mona", "/hishamos cancel", "running"],
  ["", "olga", "/hishamos cancel", "cancelled"],
  ["", "mona", "/hishamos pause", "paused"],
  ["commands: { cancel: [mona] }", "mona", "/hishamos cancel", "cancelled"],
  ["commands: { cancel: [mona] }", "olga", "/hishamos cancel", "running"],
] as const)("%s before the settings' commands: %s says %s: %s", async ([own, login, body, state]) => {
  const files = { ".hishamos/config.yml": settings, ".hishamos/read.yml": `${own}${reading}` };
  const shop = await openShop({ files });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  await shop.settled();
  shop.github.as(login).comment(number, body);
  await shop.settled();
  expect((await executionsOf(shop))[0]?.state).toBe(state);
});

test("who may use a command stays as it was when the execution started, until it is retried with the latest", async () => {
  const files = { ".hishamos/config.yml": settings, ".hishamos/read.yml": reading };
  const shop = await openShop({ files });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  await shop.settled();
  const now = { ".hishamos/config.yml": settings.replace("cancel: [olga]", "cancel: [mona]") };
  shop.github.as("mona").push({ branch: "main", message: "Others may", files: now });
  await shop.settled();
  const said: unknown[] = [];
  for (const [login, body] of [
    ["mona", "/hishamos cancel"],
    ["olga", "/hishamos cancel"],
    ["mona", "/hishamos retry latest"],
    ["olga", "/hishamos cancel"],
    ["mona", "/hishamos cancel"],
  ] as const) {
    shop.github.as(login).comment(number, body);
    await shop.settled();
    const [execution] = await executionsOf(shop);
    said.push([execution?.state, execution?.commands?.["cancel"]]);
  }
  expect(said).toEqual([
    ["running", ["olga"]],
    ["cancelled", ["olga"]],
    ["running", ["mona"]],
    ["running", ["mona"]],
    ["cancelled", ["mona"]],
  ]);
});

test("settings that are not valid are told, and count for none", async () => {
  const shop = await openShop({
    files: { ".hishamos/config.yml": "vars: [1", ".hishamos/read.yml": reading },
  });
  await started(shop);
  expect(await executionsOf(shop)).toEqual([]);
});

test.for([
  ["/deploy staging 'a text'", { target: "staging", why: "a text" }, { target: "staging", why: "a text" }],
  ["/deploy target=prod", { target: "prod" }, { target: "prod", why: null }],
] as const)("%s gives event.args %j and the inputs %j", async ([body, args, input]) => {
  const deploy = `
name: Deploy
on: { slash_command: { name: deploy, args: [target, why], on: [issue] } }
inputs: { target: { type: string, required: true }, why: { type: string } }
steps: [{ id: look, agent: qa-agent }]
`;
  const shop = await openShop({ files: { ".hishamos/deploy.yml": deploy } });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  shop.github.as("mona").comment(number, body);
  await shop.settled();
  const [execution] = await executionsOf(shop);
  expect(execution).toMatchObject({ event: { args }, input });
});

test("a command is heard only where it is for", async () => {
  const deploy = `
name: Deploy
on: { slash_command: { name: deploy, on: [pull_request] } }
steps: [{ id: look, agent: qa-agent }]
`;
  const shop = await openShop({ files: { ".hishamos/deploy.yml": deploy } });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  shop.github.as("mona").comment(number, "/deploy");
  await shop.settled();
  expect(await executionsOf(shop)).toEqual([]);
  expect(await shop.outcomes("issue_comment.created")).toEqual(["ignored: it concerns no workflow"]);
});

test.for([
  ["run", { held: null, state: "running" }],
  ["hold", { held: "reader", state: "paused" }],
  ["ignore", null],
] as const)("outsiders: %s", async ([outsiders, after]) => {
  const triage = `
name: Triage
on: { issues: { types: [opened], outsiders: ${outsiders} } }
steps: [{ id: look, agent: qa-agent }]
`;
  const shop = await openShop({ files: { ".hishamos/triage.yml": triage } });
  shop.github.as("reader").openIssue({ title: "It breaks" });
  await shop.settled();
  const executions = await executionsOf(shop);
  if (after === null) expect(executions).toEqual([]);
  else expect(executions).toMatchObject([after]);
});
