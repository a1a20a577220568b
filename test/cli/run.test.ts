import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { main } from "../../src/cli/main.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hishamos-run-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function run(...args: readonly string[]) {
  let out = "";
  let err = "";
  const code = await main(["run", ...args], {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
  });
  return { code, out, err };
}

const labelled = JSON.stringify({
  action: "labeled",
  label: { name: "bug" },
  issue: {
    number: 7,
    title: "Broken",
    body: "It broke",
    user: { login: "alice" },
    labels: [{ name: "bug" }],
  },
  repository: { full_name: "acme/shop" },
  sender: { login: "maya" },
});
const onBug = "on: { issues: { types: [labeled], labels: [bug] } }\npermissions: { issues: write }\n";

test("an event starts the workflow, and a wait of days is over at once", async () => {
  const workflow = await file(
    "hello.yml",
    `name: Hello\n${onBug}steps:
  - { id: hello, action: issues.createComment, inputs: { body: "Hello {{ event.issue.user.login }}" } }
  - { id: wait, delay: 3d }
  - { id: bye, action: issues.addLabels, inputs: { labels: [stale] } }\n`,
  );
  const { code, out } = await run(workflow, "--event", await file("event.json", labelled), "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    execution: { state: "completed" },
    steps: [
      { id: "hello", state: "completed", visits: 1, attempts: 1 },
      { id: "wait", state: "completed", visits: 1, attempts: 1 },
      { id: "bye", state: "completed", visits: 1, attempts: 1 },
    ],
    issue: { state: "open" },
  });
});

test("the people of a scenario answer what they are asked", async () => {
  const workflow = await file(
    "ask.yml",
    `name: Ask\n${onBug}steps:
  - { id: triage, agent: bug-triage-agent, on_success: ok, on_failure: ok, timeout: 2d }
  - { id: ok, approval: { from: ["role:write"] }, timeout: 2d, on_success: end }
  - { id: end, action: issues.update, inputs: { state: closed } }\n`,
  );
  const scenario = await file(
    "people.yml",
    `people: { maya: maintain, quinn: write }
answers:
  - { to: triage, as: maya, comments: "/hishamos done triage severity=2 summary=small" }
  - { to: ok, as: quinn, comments: /approve }\n`,
  );
  const event = await file("event.json", labelled);
  const { code, out } = await run(workflow, "--event", event, "--scenario", scenario);
  expect(out).toContain("quinn     comments on #1: /approve");
  expect(out).toContain("#1 closed, execution completed");
  expect(code).toBe(0);
});

const pull = JSON.stringify({
  action: "opened",
  pull_request: { title: "Add x", user: { login: "tom" }, head: { ref: "feature/x" } },
  repository: { full_name: "acme/shop" },
  sender: { login: "tom" },
});
const onPull = `name: Pull
on: { pull_request: { types: [opened] } }
permissions: { issues: write, pull_requests: read }
steps:
  - { id: merged, wait_for: { event: pull_request.closed, match: event.pull_request.merged }, timeout: 3d }
  - { id: files, action: pulls.listFiles }
  - id: say
    action: issues.createComment
    inputs: { body: "{{ length(steps.files.output) }} file" }
`;

test("a pull request starts a workflow that waits for its merge", async () => {
  const scenario = await file(
    "people.yml",
    "people: { maya: maintain }\nanswers: [{ to: merged, as: maya, merges: true }]",
  );
  const event = await file("event.json", pull);
  const { code, out } = await run(await file("pr.yml", onPull), "--event", event, "--scenario", scenario);
  expect(out).toContain("maya      merges #1");
  expect(code).toBe(0);
});

test("a deed that can't be done is told, not thrown", async () => {
  const scenario = await file(
    "people.yml",
    "people: { eve: read }\nanswers: [{ to: merged, as: eve, merges: true }]",
  );
  const event = await file("event.json", pull);
  const { code, err } = await run(await file("pr.yml", onPull), "--event", event, "--scenario", scenario);
  expect([code, err]).toEqual([1, 'eve needs the role "write" in acme/shop\n']);
});

test("where nobody answers, time goes on to the timeout", async () => {
  const workflow = await file(
    "ask.yml",
    `name: Ask\n${onBug}steps:\n  - { id: triage, agent: bug-triage-agent, timeout: 2d, remind: { every: 1d, max: 1 } }\n`,
  );
  const { code, out, err } = await run(workflow, "--event", await file("event.json", labelled));
  expect(code).toBe(1);
  expect(out).toContain("clock     goes on by 1 d");
  expect(err).toContain("It failed at triage (timeout)");
});

test("a workflow without triggers takes its inputs from the command line", async () => {
  const workflow = await file(
    "seed.yml",
    `workflow:\n  name: Seed\n  permissions: { issues: write }\n  steps:
    - { id: report, action: issues.create, inputs: { title: "{{ input.title }}" } }\n`,
  );
  const { code, out } = await run(workflow, "--input", "title=Broken", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ steps: [{ id: "report", state: "completed" }] });
});

test("an event that matches no trigger is told", async () => {
  const workflow = await file(
    "hello.yml",
    `name: Hello\n${onBug}steps:\n  - { id: a, action: issues.addLabels, inputs: { labels: [x] } }\n`,
  );
  const event = await file("event.json", labelled.replaceAll('"bug"', '"question"'));
  const { code, err } = await run(workflow, "--event", event);
  expect(code).toBe(1);
  expect(err).toContain("Nothing started");
});

describe("--event takes a name", () => {
  test("a push is delivered as its payload says", async () => {
    const workflow = await file(
      "push.yml",
      `name: Push
on: { push: { branches: [release/*], paths: [docs/**] } }
permissions: { issues: write }
steps: [{ id: say, action: issues.create, inputs: { title: "{{ event.head_commit.message }} in {{ repo.full_name }}" } }]\n`,
    );
    const commit = { message: "Docs", added: ["docs/a.md"], modified: [], removed: [] };
    const payload = {
      ref: "refs/heads/release/1",
      after: "a".repeat(40),
      head_commit: commit,
      commits: [commit],
    };
    const given = await file("push.json", JSON.stringify(payload));
    const { code, out, err } = await run(workflow, "--event", "push", "--payload", given, "--json");
    expect([err, code]).toEqual(["", 0]);
    expect(JSON.parse(out)).toMatchObject({ steps: [{ id: "say", state: "completed" }] });
    const whole = await file("whole.json", JSON.stringify({ event: "push", payload }));
    expect((await run(workflow, "--event", whole)).code).toBe(0);
    const elsewhere = await file("other.json", JSON.stringify({ ...payload, ref: "refs/heads/main" }));
    const other = await run(workflow, "--event", "push", "--payload", elsewhere);
    expect([other.code, other.err]).toEqual([1, expect.stringContaining("none of the events (push)")]);
  });

  test("an issue's event is still made to happen, so that the issue is there", async () => {
    const workflow = await file(
      "hello.yml",
      `name: Hello\n${onBug}steps: [{ id: a, action: issues.addLabels, inputs: { labels: [x] } }]\n`,
    );
    const payload = await file("issue.json", labelled);
    expect((await run(workflow, "--event", "issues", "--payload", payload)).code).toBe(0);
  });

  test("schedule goes on to the first tick and starts it once, however long it waits then", async () => {
    const workflow = await file(
      "nightly.yml",
      `name: Nightly
on: { schedule: [{ cron: "0 3 * * *" }, { cron: "30 4 1 1 *", timezone: Europe/Berlin }] }
permissions: { issues: write }
steps:
  - { id: say, action: issues.create, inputs: { title: "{{ event.schedule }} of {{ event.scheduled_at }} by {{ actor }}" } }
  - { id: wait, delay: 9d }\n`,
    );
    const { code, out, err } = await run(workflow, "--event", "schedule");
    expect([err, code]).toEqual(["", 0]);
    expect(out).toMatch(/clock {5}goes on to \d{4}-\d\d-\d\dT03:00:00.000Z/);
    expect(out.match(/say begins/g)).toHaveLength(1);
    expect(out).toContain("goes on by 9 d");
  });

  test.for([
    ["that has none", "on: issues"],
    ["whose schedule never comes", 'on: { schedule: [{ cron: "0 0 30 2 *" }] }'],
  ])("a schedule is not started for a workflow %s", async ([, on]) => {
    const workflow = await file("w.yml", `name: W\n${on}\nsteps: [{ id: a, delay: 1s }]\n`);
    const { code, err } = await run(workflow, "--event", "schedule");
    expect([code, err]).toEqual([1, expect.stringContaining("no `schedule` with a tick to come")]);
  });

  test("another event's rehearsal is not disturbed by the clock", async () => {
    const workflow = await file(
      "both.yml",
      `name: Both
on: { schedule: [{ cron: "0 * * * *" }], issues: { types: [labeled], labels: [bug] } }
permissions: { issues: write }
steps:
  - { id: wait, delay: 2d }
  - { id: say, action: issues.create, inputs: { title: "{{ event.action }}" } }\n`,
    );
    const { code, out } = await run(workflow, "--event", await file("event.json", labelled));
    expect(code).toBe(0);
    expect(out).toContain("goes on by 2 d");
  });
});

describe("what is wrong is told, with exit code", () => {
  const rows: readonly (readonly [string, number, RegExp, () => Promise<readonly string[]>])[] = [
    ["no file named", 2, /name one workflow file/, async () => []],
    ["an unknown option", 2, /--nope/, async () => ["x.yml", "--nope"]],
    ["a missing file", 2, /nowhere\.yml HOS803 can't be read/, async () => ["nowhere.yml"]],
    ["an input without =", 2, /NAME=VALUE/, async () => ["x.yml", "--input", "title"]],
    [
      "an invalid workflow",
      1,
      /HOS202 unknown agent "qa-agnt"/,
      async () => [await file("w.yml", "name: X\nsteps: [{ id: a, agent: qa-agnt }]")],
    ],
    [
      "an event that is no JSON",
      1,
      /HOS802 is not JSON/,
      async () => [await valid(), "--event", await file("e.json", "{")],
    ],
    [
      "an event that there is none of",
      1,
      /e\.json HOS802 there is no event "pusch"\. Did you mean "push"\?/,
      async () => [await valid(), "--event", await file("e.json", '{"event":"pusch","payload":{}}')],
    ],
    [
      "a payload that tells no event",
      1,
      /HOS802 does not say which event it is\. Name it: --event push/,
      async () => [await valid(), "--event", await file("e.json", '{"ref":"refs/heads/main"}')],
    ],
    [
      "a name of no event",
      1,
      /--event HOS802 there is no event "scedule"\. Did you mean "schedule"\?/,
      async () => [await valid(), "--event", "scedule"],
    ],
    [
      "a named event's payload that is no object",
      1,
      /p\.json HOS802 is not a JSON object/,
      async () => [await valid(), "--event", "push", "--payload", await file("p.json", "[]")],
    ],
    [
      "a payload without a name",
      2,
      /--payload needs the event's name/,
      async () => [await valid(), "--payload", "p.json"],
    ],
    [
      "a payload that is not there",
      2,
      /p\.json HOS803 can't be read/,
      async () => [await valid(), "--event", "push", "--payload", "p.json"],
    ],
    [
      "a scenario with an unknown key",
      1,
      /HOS801.*\(peoples\)/,
      async () => [await valid(), "--scenario", await file("s.yml", "peoples: {}")],
    ],
    [
      "a deed that is none",
      1,
      /HOS801 maya needs exactly one deed/,
      async () => [await valid(), "--scenario", await file("s.yml", "start: [{ as: maya }]")],
    ],
  ];
  const valid = () => file("ok.yml", "name: X\nsteps: [{ id: a, delay: 1s }]");

  test.for(rows)("%s: %i", async ([, expected, message, args]) => {
    const { code, err } = await run(...(await args()));
    expect(err).toMatch(message);
    expect(code).toBe(expected);
  });
});

describe("http.request", () => {
  const workflow = (port: number) => `name: Hook
permissions: { issues: write }
${onBug.split("\n")[0]}
steps:
  - id: hook
    action: http.request
    inputs:
      url: "http://127.0.0.1:${port}/"
      method: POST
      headers: { authorization: "Bearer \${HOOK}", x-title: "{{ event.issue.title }}" }
    secrets: [HOOK]
  - { id: tell, action: issues.createComment, inputs: { body: "{{ steps.hook.output.body }}" } }
`;
  const title = "Broken ${HOOK}";
  let server: Server;
  let port: number;
  let heard: IncomingHttpHeaders[];
  beforeEach(async () => {
    heard = [];
    server = createServer((request, response) => {
      heard.push(request.headers);
      response.end(`heard ${request.headers.authorization}`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
    vi.stubEnv("HISHAMOS_HTTP_HOSTS", `127.0.0.1:${port}`);
    vi.stubEnv("HISHAMOS_SECRET_HOOK", "p4ss");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  async function hook() {
    const event = await file("event.json", labelled.replace('"Broken"', JSON.stringify(title)));
    return run(await file("hook.yml", workflow(port)), "--event", event);
  }

  test("sends the secrets that the environment grants, where the workflow names them", async () => {
    vi.stubEnv("HISHAMOS_SECRETS", `acme/shop:HOOK@127.0.0.1:${port}`);
    const { code, out, err } = await hook();
    expect(heard).toMatchObject([{ authorization: "Bearer p4ss", "x-title": title }]);
    expect(code).toBe(0);
    expect(out + err).not.toContain("p4ss");
  });

  test.for([
    ["acme/cart:HOOK", "unknown_secret"],
    ["acme/shop:HOOK@127.0.0.1", "secret_refused"],
    ["", "unknown_secret"],
  ])("with %j sends nothing: %s", async ([grants, error]) => {
    vi.stubEnv("HISHAMOS_SECRETS", grants);
    const { code, err } = await hook();
    expect({ code, heard }).toEqual({ code: 1, heard: [] });
    expect(err).toContain(`It failed at hook (${error})`);
  });

  test("is not begun where the environment is wrong", async () => {
    vi.stubEnv("HISHAMOS_SECRETS", "HOOK");
    const { code, err } = await hook();
    expect({ code, heard }).toEqual({ code: 1, heard: [] });
    expect(err).toMatch(/HOS701.*HISHAMOS_SECRETS has "HOOK"/);
  });
});
