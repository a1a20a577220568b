import { expect, test } from "vitest";
import { executionsOf, openShop, REPO, type Shop, unprocessed } from "../shop.ts";

const deploy = `
name: Deploy
on: { issues: { labels: [bug] } }
steps:
  - id: triage
    agent: triager
  - id: deploy
    approval: { from: ["role:write"] }
agents:
  triager:
    instructions: Judge it.
    output_schema:
      type: object
      required: [severity]
      properties: { severity: { type: integer } }
`;
const greet = `
name: Greet
on: { slash_command: { name: greet } }
inputs: { who: { type: string, required: true } }
steps: [{ id: say, agent: support-agent, inputs: { who: "{{ input.who }}" } }]
`;
const draft =
  "name: Draft\nstatus: draft\non: { issues: { labels: [bug] } }\nsteps: [{ id: a, agent: qa-agent }]\n";

interface Opened {
  readonly shop: Shop;
  readonly issue: number;
}

async function openIssue(files: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const shop = await openShop({
    files: {
      ".hishamos/deploy.yml": deploy,
      ".hishamos/greet.yml": greet,
      ".hishamos/draft.yml": draft,
      ...files,
    },
  });
  const { number } = shop.github.as("reader").openIssue({ title: "It breaks" });
  return { shop, issue: number };
}

async function openRunning(): Promise<Opened> {
  const opened = await openIssue();
  opened.shop.github.as("olga").label(opened.issue, "bug");
  await opened.shop.settled();
  return opened;
}

/** Comments, and gives the reactions to that and the answers, without their hidden marks. */
async function say({ shop, issue }: Opened, login: string, body: string) {
  const { id } = shop.github.as(login).comment(issue, body);
  await shop.settled();
  const comments = shop.github.comments(REPO, issue);
  const reactions = comments.find((comment) => comment.id === id)?.reactions;
  return {
    reactions: (["eyes", "+1", "confused"] as const).filter((content) => (reactions?.[content] ?? 0) > 0),
    answers: comments
      .filter((comment) => comment.id > id && comment.user.login === "hishamos[bot]")
      .map((comment) => comment.body.replaceAll(/\s*<!--.*?-->/g, "")),
  };
}

async function stateOf({ shop }: Opened): Promise<Record<string, string | undefined>> {
  const [execution] = await executionsOf(shop);
  const steps = Object.entries(execution?.steps ?? {}).map(
    ([id, { runs }]) => [id, runs.at(-1)?.state] as const,
  );
  return { state: execution?.state, ...Object.fromEntries<string | undefined>(steps) };
}

const heard: readonly {
  readonly says: readonly (readonly [string, string])[];
  readonly leads: Readonly<Record<string, string>>;
}[] = [
  { says: [["mona", "/pause"]], leads: { state: "paused" } },
  {
    says: [
      ["mona", "/pause"],
      ["mona", "/hishamos resume"],
    ],
    leads: { state: "running" },
  },
  { says: [["mona", "/cancel"]], leads: { state: "cancelled" } },
  { says: [["mona", "/hishamos done triage severity=4"]], leads: { triage: "completed", deploy: "running" } },
  { says: [["mona", "/hishamos done severity=4"]], leads: { triage: "completed" } },
  { says: [["mona", "/hishamos done triage\n```yaml\nseverity: 4\n```"]], leads: { triage: "completed" } },
  { says: [["mona", "/hishamos fail triage no device here"]], leads: { state: "failed", triage: "failed" } },
  { says: [["mona", "/hishamos skip triage not needed"]], leads: { triage: "skipped", deploy: "running" } },
  {
    says: [
      ["mona", "/hishamos done triage severity=4"],
      ["mona", "/approve"],
    ],
    leads: { state: "completed", deploy: "completed" },
  },
  {
    says: [
      ["mona", "/hishamos done triage severity=4"],
      ["mona", "/hishamos approve deploy deploy fine by me"],
    ],
    leads: { state: "completed", deploy: "completed" },
  },
  {
    says: [
      ["mona", "/hishamos done triage severity=4"],
      ["mona", "/reject not on a Friday"],
    ],
    leads: { state: "failed", deploy: "failed" },
  },
  {
    says: [
      ["mona", "/cancel"],
      ["mona", "/retry"],
    ],
    leads: { state: "running", triage: "running" },
  },
  {
    says: [
      ["mona", "/cancel"],
      ["mona", "/hishamos retry from triage latest"],
    ],
    leads: { state: "running" },
  },
];

test.for(heard)("$says leads to $leads", async ({ says, leads }) => {
  const opened = await openRunning();
  for (const [login, body] of says) {
    expect(await say(opened, login, body)).toEqual({ reactions: ["eyes", "+1"], answers: [] });
  }
  expect(await stateOf(opened)).toMatchObject(leads);
});

const refusals: readonly { readonly says: string; readonly by?: string; readonly answer: RegExp }[] = [
  {
    says: "/cancel",
    by: "reader",
    answer: /^I can't take `cancel` from you: .*role write.*yours is read\.$/,
  },
  { says: "/hishamos done triage severity=3", by: "reader", answer: /role write.*not assigned to you/ },
  { says: "/hishamos run greet who=me", by: "reader", answer: /role write/ },
  { says: "/greet who=me", by: "reader", answer: /role write/ },
  { says: "/hishamos aprove", answer: /don't know the command `aprove`.*Did you mean `\/hishamos approve`/ },
  { says: "/hishamos done triage severity=high", answer: /"severity" takes/ },
  { says: "/hishamos done triage", answer: /"severity" is missing/ },
  { says: "/hishamos done tirage severity=3", answer: /no step tirage/ },
  { says: "/hishamos fail triage", answer: /Write it as `\/hishamos fail STEP REASON`/ },
  { says: "/hishamos fail tirage no device", answer: /no step tirage/ },
  { says: "/hishamos fail triage no device", by: "reader", answer: /role write.*not assigned to you/ },
  { says: "/hishamos approve", answer: /^No step waits for an approval/ },
  { says: "/hishamos resume", answer: /./ },
  { says: "/hishamos retry sometime", answer: /retry \[from STEP\] \[latest\]/ },
  { says: "/hishamos skip", answer: /skip STEP/ },
  // What is wrong and the way out are two sentences.
  { says: "/hishamos skip nothing", answer: /no step nothing\b[^.]*\. [A-Z]/ },
  { says: "/hishamos run gret", answer: /no workflow `gret`.*Did you mean `greet`/ },
  { says: "/hishamos run draft", answer: /is a draft/ },
  { says: "/hishamos run greet", answer: /input who is missing/ },
  { says: "/hishamos run greet whom=me", answer: /whom/ },
  { says: "/hishamos @mona <!--", answer: /^I don't know the command `@mona`/ },
];

test.for(refusals)(
  "$says is refused with the way out, once, and changes nothing",
  async ({ says, by, answer }) => {
    const opened = await openRunning();
    const before = await stateOf(opened);
    const { reactions, answers } = await say(opened, by ?? "mona", says);
    expect(reactions).toEqual(["eyes", "confused"]);
    expect(answers).toEqual([expect.stringMatching(answer)]);
    expect(await stateOf(opened)).toEqual(before);
    expect(await executionsOf(opened.shop)).toHaveLength(1);
  },
);

const unheard: readonly { readonly says: string; readonly running: boolean }[] = [
  { says: "/approve", running: true },
  { says: "/resume", running: true },
  { says: "/retry", running: true },
  { says: "/pause", running: false },
  { says: "/cc mona", running: true },
  { says: "Just a comment", running: true },
  { says: "> /cancel", running: true },
];

test.for(unheard)("$says is not heard where nothing can take it", async ({ says, running }) => {
  const opened = running ? await openRunning() : await openIssue();
  expect(await say(opened, "mona", says)).toEqual({ reactions: [], answers: [] });
});

test("status and help are answered, for readers too", async () => {
  const opened = await openRunning();
  const { reactions, answers } = await say(opened, "reader", "/hishamos status\n/hishamos help");
  expect(reactions).toEqual(["eyes", "+1"]);
  expect(answers[0]).toMatch(
    /\| Deploy \| `\w{8}` \| running \| `triage` waits for a person.s answer \(triager\) \|/,
  );
  expect(answers[1]).toMatch(/\| `\/hishamos approve \[STEP\]` \|/);
});

test("an edited comment commands nothing", async () => {
  const opened = await openRunning();
  const { id } = opened.shop.github.as("mona").comment(opened.issue, "hm");
  await opened.shop.settled();
  opened.shop.github.as("mona").editComment(id, "/cancel");
  await opened.shop.settled();
  expect((await stateOf(opened))["state"]).toBe("running");
});

test("who started it may not approve it, nor may the author", async () => {
  const opened = await openRunning();
  await say(opened, "mona", "/hishamos done triage severity=4");
  const actor = await say(opened, "olga", "/approve");
  expect(actor.answers).toEqual([expect.stringMatching(/nobody who is its actor/)]);
  const author = await say(opened, "reader", "/approve");
  expect(author.answers).toEqual([expect.stringMatching(/nobody who is its author/)]);
  expect((await stateOf(opened))["deploy"]).toBe("running");
});

test("an approval that is given by button is not given by command", async () => {
  const opened = await openIssue({
    ".hishamos/deploy.yml": deploy.replace('["role:write"]', "mona, by: button"),
  });
  opened.shop.github.as("olga").label(opened.issue, "bug");
  await opened.shop.settled();
  await say(opened, "mona", "/hishamos skip triage");
  const { answers } = await say(opened, "mona", "/approve");
  expect(answers).toEqual(["The approval `deploy` is given by button, not by command."]);
  expect((await stateOf(opened))["deploy"]).toBe("running");
});

test("a bot commands nothing, whatever its role", async () => {
  const opened = await openRunning();
  opened.shop.github.createUser("robot[bot]", "Bot");
  opened.shop.github.setRole("robot[bot]", "admin", REPO);
  expect(await say(opened, "robot[bot]", "/cancel")).toEqual({ reactions: [], answers: [] });
  expect((await stateOf(opened))["state"]).toBe("running");
});

test.for([
  ["/hishamos done triage severity=4", "completed"],
  ["/hishamos fail triage no device", "failed"],
] as const)("whom the issue is assigned to may answer its question: %s", async ([answer, leads]) => {
  const opened = await openRunning();
  const { github } = opened.shop;
  // Assigned while they could write, and asked when they no longer can.
  github.setRole("reader", "write", REPO);
  github.as("mona").assign(opened.issue, "reader");
  github.setRole("reader", "read", REPO);
  await opened.shop.settled();
  expect((await say(opened, "reader", answer)).reactions).toEqual(["eyes", "+1"]);
  expect((await stateOf(opened))["triage"]).toBe(leads);
});

test.for(["/greet who=Ada", "/hishamos run greet who=Ada", "/greet\n```\nwho: Ada\n```"])(
  "%s starts the workflow with that input, once",
  async (says) => {
    const opened = await openIssue();
    expect(await say(opened, "mona", says)).toEqual({ reactions: ["eyes", "+1"], answers: [] });
    expect(await executionsOf(opened.shop)).toMatchObject([
      {
        workflow: { stem: "greet" },
        input: { who: "Ada" },
        actor: "mona",
        subject: { number: opened.issue },
      },
    ]);
  },
);

test("where two workflows run, a command names the one it means", async () => {
  const opened = await openRunning();
  await say(opened, "mona", "/greet who=Ada");
  const vague = await say(opened, "mona", "/cancel");
  expect(vague.answers).toEqual([
    expect.stringMatching(/`\/hishamos cancel deploy`\n- `\/hishamos cancel greet`/),
  ]);
  await say(opened, "mona", "/cancel greet");
  const states = (await executionsOf(opened.shop)).map(({ workflow, state }) => [workflow.stem, state]);
  expect(Object.fromEntries(states)).toEqual({ deploy: "running", greet: "cancelled" });
  // A step's name tells too.
  expect((await say(opened, "mona", "/hishamos done triage severity=1")).reactions).toEqual(["eyes", "+1"]);
});

test("an answer is given once, and nothing is refused after the fact, when a comment is processed again", async () => {
  const opened = await openRunning();
  const { shop, issue } = opened;
  await say(opened, "mona", "/hishamos done triage severity=3\n/hishamos status");
  const count = shop.github.comments(REPO, issue).length;
  const created = shop.github
    .deliveries()
    .find(({ event, action }) => event === "issue_comment" && action === "created");
  const stored = await shop.stores.deliveries.get(created?.guid ?? "");
  // As after a crash between the last reaction and the outcome.
  if (stored) await shop.stores.deliveries.update(unprocessed(stored));
  await shop.app.stop();
  shop.app.start();
  await shop.settled();
  expect(shop.github.comments(REPO, issue)).toHaveLength(count);
  expect((await shop.outcomes("issue_comment.created"))[0]).toMatch(/^processed: .*done for deploy/);
});

test("an answer that GitHub took but did not confirm is not given twice", async () => {
  const opened = await openRunning();
  const { shop } = opened;
  shop.github.failNext({ method: "POST", path: /issues\/\d+\/comments$/, drop: "after" });
  await say(opened, "mona", "/hishamos status");
  shop.clock.advance(2_000);
  await shop.settled();
  const answers = shop.github
    .comments(REPO, opened.issue)
    .filter(({ user }) => user.login === "hishamos[bot]");
  expect(answers).toHaveLength(1);
  expect((await shop.outcomes("issue_comment.created"))[0]).toMatch(/^processed: .*status/);
});

test("a workflow is explained in plain words, to readers too: the one that runs here, or the one that is named", async () => {
  const opened = await openRunning();
  const here = await say(opened, "reader", "/hishamos explain");
  expect(here.reactions).toEqual(["eyes", "+1"]);
  expect(here.answers).toEqual([expect.stringMatching(/^\*\*Deploy\*\*/)]);
  expect((await say(opened, "reader", "/hishamos explain greet")).answers).toEqual([
    expect.stringMatching(/^\*\*Greet\*\*/),
  ]);
  expect((await say(opened, "reader", "/hishamos explain gret")).answers).toEqual([
    expect.stringMatching(/Did you mean `greet`/),
  ]);
});
