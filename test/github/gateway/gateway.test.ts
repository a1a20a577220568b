import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import type { Execution } from "../../../src/core/execution.ts";
import type { Caller, Gateway, SteeringRequest } from "../../../src/engine/ports/index.ts";
import { openShop, PUBLIC_URL, REPO, type Shop } from "../shop.ts";

const workflow = `name: Work
description: Something is done.
inputs: { title: { type: string, required: true }, size: { type: integer, default: 1 } }
agents:
  judge:
    instructions: Judge it.
    output_schema: { type: object, required: [severity], properties: { severity: { type: integer, maximum: 5 } } }
steps:
  - { id: fix, agent: judge, timeout: 1d }
  - { id: go, approval: { from: ["role:write"], message: "Shall it go?" }, timeout: 1d }
`;
const files = {
  ".hishamos/work.yml": workflow,
  ".hishamos/broken.yml": "name: Broken\nsteps: []\n",
  ".hishamos/config.yml": "vars: {}\n",
};
const operator: Caller = { kind: "operator", login: "api", repository: null };

let shop: Shop;
let gateway: Gateway;
let id: string;
beforeEach(async () => {
  shop = await openShop({ files });
  gateway = shop.app.gateway;
  id = `${shop.repository.id}.work`;
});

async function as(login: string): Promise<Caller> {
  const caller = await gateway.identify(shop.github.tokenFor(login));
  if (caller === null) throw new Error(`${login} is nobody`);
  return caller;
}

describe("a token speaks", () => {
  test("for the person whose it is", async () => {
    expect(await as("mona")).toEqual({ kind: "user", login: "mona", repository: null });
  });

  test("for nobody where GitHub does not know it, or it is an App's", async () => {
    expect(await gateway.identify("ghp_unknown")).toBeNull();
    const { data } = await shop.clients.app().rest.apps.createInstallationAccessToken({
      installation_id: shop.repository.installationId ?? 0,
    });
    expect(await gateway.identify(data.token)).toBeNull();
  });

  test("for as much as its owner's role, and nothing where they have none", async () => {
    const place = { id: shop.repository.id, owner: "acme", name: "shop" };
    const installation = shop.repository.installationId ?? 0;
    const roles = ["olga", "mona", "reader"].map(async (login) =>
      gateway.roleOn(await as(login), place, installation),
    );
    expect(await Promise.all(roles)).toEqual(["admin", "write", "read"]);
    const vault = shop.github.createRepository({ owner: "acme", name: "vault", private: true });
    const other = { id: vault.id, owner: "acme", name: "vault" };
    expect(await gateway.roleOn(await as("mona"), other, vault.installationId ?? 0)).toBe("none");
    expect(await gateway.roleOn(operator, other, vault.installationId ?? 0)).toBe("admin");
  });
});

describe("workflows", () => {
  test("are listed with those that are not valid, agents and settings left out", async () => {
    const found = await gateway.workflows(await as("reader"), { repository: "Acme/Shop" });
    if ("refused" in found) throw new Error(found.refused);
    expect(found.map((each) => [each.path, each.workflow?.name ?? null, each.problems.length > 0])).toEqual([
      [".hishamos/broken.yml", null, true],
      [".hishamos/work.yml", "Work", false],
    ]);
    expect(await gateway.workflows(await as("reader"), { repository: "acme/other" })).toEqual([]);
    expect(await gateway.workflow(await as("reader"), id)).toMatchObject({
      path: ".hishamos/work.yml",
      text: workflow,
    });
    expect(await gateway.workflow(await as("reader"), "1.work")).toEqual({ refused: "not_found" });
  });

  test("are proposed as a pull request, one however often it is asked for", async () => {
    const proposal = { repository: REPO, path: ".hishamos/new.yml", text: workflow, key: "k" };
    const made = await gateway.propose(await as("mona"), proposal);
    expect(made).toEqual({ pullRequest: { number: 1, url: expect.stringContaining("/pull/1") } });
    expect(await gateway.propose(await as("mona"), proposal)).toEqual(made);
    expect(shop.github.pullRequests(REPO)).toHaveLength(1);
  });

  test.for([
    ["by a reader", "reader", {}, { refused: "forbidden" }],
    [
      "with a mistake in it",
      "mona",
      { text: "name: New\nsteps: [{ id: a, agnt: b }]" },
      { refused: "invalid" },
    ],
    ["elsewhere", "mona", { repository: "acme/other" }, { refused: "not_found" }],
    [
      "as settings",
      "mona",
      { path: ".hishamos/config.yml" },
      { refused: "invalid", problems: [{ code: "HOS342" }] },
    ],
  ] as const)("are not proposed %s", async ([, login, more, refusal]) => {
    const proposal = { repository: REPO, path: ".hishamos/new.yml", text: workflow, key: "k", ...more };
    expect(await gateway.propose(await as(login), proposal)).toMatchObject(refusal);
    expect(shop.github.pullRequests(REPO)).toEqual([]);
  });
});

/** Started by mona, at its first step. */
async function started(key = "k"): Promise<Execution> {
  const made = await gateway.execute(await as("mona"), id, { input: { title: "x" }, subject: null, key });
  if ("refused" in made) throw new Error(JSON.stringify(made));
  await shop.settled();
  return now(made.execution);
}

async function now({ id: execution }: Execution): Promise<Execution> {
  const stored = await shop.stores.executions.load(execution);
  if (stored === null) throw new Error("it is gone");
  return stored;
}

function asked(command: SteeringRequest["command"], more: Partial<SteeringRequest> = {}): SteeringRequest {
  return { command, step: null, reason: null, values: null, latest: false, key: `${command}-1`, ...more };
}

describe("a start", () => {
  test("is one for one key, by who asks, on the issue that is named", async () => {
    const issue = shop.github.as("mona").openIssue({ repo: REPO, title: "Broken" });
    const request = { input: { title: "x" }, subject: issue.number, key: "k" };
    const first = await gateway.execute(await as("mona"), id, request);
    expect(first).toMatchObject({
      result: "created",
      execution: {
        actor: "mona",
        input: { title: "x", size: 1 },
        subject: { number: issue.number, title: "Broken" },
      },
    });
    const again = await gateway.execute(await as("mona"), id, request);
    expect(again).toMatchObject({ result: "exists" });
    expect((await shop.stores.executions.list({})).executions).toHaveLength(1);
  });

  test.for([
    ["by a reader", "reader", {}, { refused: "forbidden" }],
    ["without an input that it needs", "mona", { input: {} }, { refused: "invalid" }],
    ["with an input of another type", "mona", { input: { title: "x", size: "big" } }, { refused: "invalid" }],
    ["with an input that it has not", "mona", { input: { title: "x", sise: 1 } }, { refused: "invalid" }],
    ["on what is not there", "mona", { subject: 99 }, { refused: "invalid", problems: [{ code: "HOS340" }] }],
  ] as const)("is refused %s", async ([, login, more, refusal]) => {
    const request = { input: { title: "x" }, subject: null, key: "k", ...more };
    expect(await gateway.execute(await as(login), id, request)).toMatchObject(refusal);
    expect((await shop.stores.executions.list({})).executions).toEqual([]);
  });
});

describe("an execution is steered", () => {
  test("to its end: answered, then approved by another", async () => {
    const execution = await started();
    const values = { severity: 4 };
    const answer = asked("done", { step: "fix", values });
    expect(await gateway.steer(await as("mona"), execution, answer)).toEqual({ accepted: true });
    await shop.settled();
    const own = await gateway.steer(await as("mona"), await now(execution), asked("approve"));
    expect(own).toMatchObject({ refused: "forbidden", why: expect.stringContaining("actor") });
    const approval = await gateway.steer(
      await as("hubot"),
      await now(execution),
      asked("approve", { step: "go" }),
    );
    expect(approval).toEqual({ accepted: true });
    await shop.settled();
    expect(await now(execution)).toMatchObject({
      state: "completed",
      steps: { go: { runs: [{ output: { by: ["hubot"] } }] } },
    });
  });

  test("to its failure, by the person who was asked", async () => {
    const execution = await started();
    const cant = asked("fail", { step: "fix", reason: "There is\nno device" });
    expect(await gateway.steer(await as("mona"), execution, cant)).toEqual({ accepted: true });
    await shop.settled();
    expect(await now(execution)).toMatchObject({
      state: "failed",
      ending: {
        error: { code: "declined", message: "mona says that it can't be done: There is\nno device" },
      },
    });
  });

  test("once for one key, and told what does not fit", async () => {
    const execution = await started();
    const mona = await as("mona");
    expect(await gateway.steer(mona, execution, asked("pause"))).toEqual({ accepted: true });
    await shop.settled();
    expect(await gateway.steer(mona, await now(execution), asked("pause", { key: "other" }))).toMatchObject({
      refused: "conflict",
      problem: { code: "HOS304" },
    });
    expect(await gateway.steer(mona, await now(execution), asked("resume"))).toEqual({ accepted: true });
    await shop.settled();
    expect(await now(execution)).toMatchObject({ state: "running" });
  });

  test.for([
    ["a reader", "reader", asked("cancel"), { refused: "forbidden" }],
    [
      "a wrong answer",
      "mona",
      asked("done", { step: "fix", values: { severity: 9 } }),
      { refused: "invalid" },
    ],
    [
      "a failure of what is not there",
      "hubot",
      asked("fail", { step: "fiks", reason: "x" }),
      { refused: "conflict", problem: { code: "HOS305" } },
    ],
    ["an allowance of what is not held", "mona", asked("allow"), { refused: "conflict" }],
    ["a step that is not there", "mona", asked("skip", { step: "fiks" }), { refused: "conflict" }],
    ["a skip of nothing", "mona", asked("skip"), { refused: "conflict" }],
    [
      "an approval that nobody asks for",
      "hubot",
      asked("approve"),
      { refused: "conflict", problem: { code: "HOS301" } },
    ],
  ] as const)("not by %s", async ([, login, request, refusal]) => {
    const execution = await started();
    expect(await gateway.steer(await as(login), execution, request)).toMatchObject(refusal);
    expect((await now(execution)).revision).toBe(execution.revision);
  });

  test("by those whom its drawing names, with the values that it asks for", async () => {
    const execution = await started();
    const anyWriter = "anyone with the role write or higher";
    const answer = { required: ["severity"], properties: { severity: { type: "integer" } } };
    const asks = { step: "fix", what: "a person's answer (judge)", who: anyWriter, answer };
    expect(await gateway.draw(execution)).toMatchObject({ waits: [asks] });
    const values = { severity: 4 };
    await gateway.steer(operator, execution, asked("done", { values }));
    await shop.settled();
    expect(await gateway.draw(await now(execution))).toMatchObject({
      waits: [
        {
          step: "go",
          what: "approval",
          who: `${anyWriter}; not who started it nor the author`,
          answer: null,
        },
      ],
    });
  });

  test("by the operator, but for approvals: those are a person's", async () => {
    const execution = await started();
    const values = { severity: 4 };
    expect(await gateway.steer(operator, execution, asked("done", { values }))).toEqual({ accepted: true });
    await shop.settled();
    expect(await gateway.steer(operator, await now(execution), asked("approve"))).toMatchObject({
      refused: "forbidden",
    });
    expect(await gateway.steer(operator, await now(execution), asked("cancel"))).toEqual({ accepted: true });
    await shop.settled();
    expect(await now(execution)).toMatchObject({ state: "cancelled" });
    expect(await gateway.draw(await now(execution))).toEqual({
      mermaid: expect.stringContaining("flowchart"),
      waits: [],
    });
  });
});

describe("a job of Actions", () => {
  interface Claims {
    readonly audience?: string;
    readonly issuer?: string;
    readonly repository?: string;
    readonly expires?: string;
    readonly stranger?: boolean;
  }

  const keys = Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);

  /** Who signs the tokens, with keys where GitHub has them, and a shop that believes it. */
  async function anIssuer() {
    const [{ publicKey, privateKey }, { privateKey: others }] = await keys;
    const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "RS256", use: "sig" };
    const server = createServer((_, res) => {
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const actions = await openShop({ files, actionsIssuer: url });
    const { id: repository } = actions.repository;
    const sign = (claims: Claims = {}) =>
      new SignJWT({
        repository_id: String(claims.repository ?? repository),
        actor: "mona",
        ref: "refs/heads/main",
      })
        .setProtectedHeader({ alg: "RS256", kid: "k" })
        .setIssuer(claims.issuer ?? url)
        .setAudience(claims.audience ?? PUBLIC_URL)
        .setIssuedAt(Math.floor(actions.clock.now() / 1_000))
        .setNotBefore(Math.floor(actions.clock.now() / 1_000))
        .setExpirationTime(Math.floor(actions.clock.now() / 1_000) + (claims.expires === "past" ? -1 : 300))
        .setJti("j")
        .sign(claims.stranger ? others : privateKey);
    return { actions, sign, repository, close: () => server.close() };
  }

  test("speaks for its repository alone, and starts a workflow there", async () => {
    const { actions, sign, repository, close } = await anIssuer();
    const caller = await actions.app.gateway.identify(await sign());
    close();
    expect(caller).toEqual({ kind: "actions", login: "mona", repository });
    if (caller === null) return;
    const request = { input: { title: "x" }, subject: null, key: "k" };
    const made = await actions.app.gateway.execute(caller, `${repository}.work`, request);
    expect(made).toMatchObject({ result: "created", execution: { actor: "mona" } });
    const elsewhere = { id: 1, owner: "acme", name: "other" };
    expect(await actions.app.gateway.roleOn(caller, elsewhere, 1)).toBe("none");
    if ("refused" in made) return;
    const approval = await actions.app.gateway.steer(caller, made.execution, asked("approve"));
    expect(approval).toMatchObject({ refused: expect.any(String) });
  });

  test.for<readonly [string, Claims]>([
    ["another service's", { audience: "https://other.example" }],
    ["one that has run out", { expires: "past" }],
    ["one that somebody else has signed", { stranger: true }],
    ["one of another issuer", { issuer: "https://evil.example" }],
    ["one that names no repository", { repository: "acme/shop" }],
  ])("speaks for nobody with a token that is %s", async ([, claims]) => {
    const { actions, sign, close } = await anIssuer();
    expect(await actions.app.gateway.identify(await sign(claims))).toBeNull();
    close();
  });
});
