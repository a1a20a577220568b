import { Octokit } from "@octokit/rest";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../src/core/json.ts";
import { type Method, methodOf } from "../../src/github/actions/call.ts";
import { classes, classOf, createActionRunner } from "../../src/github/actions/index.ts";
import { createClients } from "../../src/github/clients.ts";
import { aRequest, hastyClock, pem } from "../github/actions/support.ts";
import { rows } from "./rows.ts";

const octokit = new Octokit();

/** All methods of octokit.rest that change something. */
const changing = Object.entries(octokit.rest).flatMap(([scope, methods]) =>
  Object.keys(methods as object).flatMap((name) => {
    const method = methodOf(octokit, `${scope}.${name}`);
    return method && classOf(method.name, method.verb).class !== "read" ? [method] : [];
  }),
);

interface Told {
  readonly verb: string;
  readonly path: string;
  readonly body: JsonObject;
}

interface Play {
  readonly method: Method;
  readonly input?: JsonObject;
  /** How the first change is answered; every later one is taken. */
  readonly first: "lost" | 502 | 500 | null;
  /** What is read meanwhile. */
  readonly reads?: (path: string, made: JsonObject | null) => Json;
  readonly mayHaveHappened?: boolean;
}

/** Calls the method once, as a step does, on a GitHub that answers by hand; the changes that were asked for. */
async function play({ method, input = {}, first, reads = () => [], mayHaveHappened = false }: Play) {
  const changes: Told[] = [];
  const answer = (status: number, json: Json) =>
    new Response(status === 204 ? null : JSON.stringify(json), {
      status,
      headers: { "content-type": "application/json" },
    });
  const github: typeof fetch = async (address, init) => {
    const path = new URL(address instanceof Request ? address.url : address).pathname;
    if (path.endsWith("/access_tokens")) {
      return answer(201, { token: "ghs_test", expires_at: "2999-01-01T00:00:00Z" });
    }
    const verb = init?.method ?? "GET";
    if (verb === "GET") return answer(200, reads(path, changes[0]?.body ?? null));
    const body: unknown = typeof init?.body === "string" && init.body !== "" ? JSON.parse(init.body) : {};
    changes.push({ verb, path, body: isObject(body as Json) ? (body as JsonObject) : {} });
    if (changes.length > 1 || first === null) return answer(200, { id: changes.length });
    if (first === "lost") throw new TypeError("fetch failed", { cause: new Error("other side closed") });
    return answer(first, { message: "Server Error" });
  };
  const clients = createClients({ appId: 7, privateKey: pem, fetch: github });
  const runner = createActionRunner({ clients, clock: hastyClock(), appSlug: "hishamos" });
  const places = [...method.url.matchAll(/\{([\w-]+)\}/g)].map(([, name = ""]) => [name, "1"] as const);
  const result = await runner.run(
    aRequest(method.name, { ...Object.fromEntries(places), ...input }, { mayHaveHappened }),
  );
  return { result, changes };
}

describe.for(["lost", 502, 500] as const)(
  "every method of GitHub's that changes something, when its answer is %s",
  (first) => {
    test("is repeated once where twice is the same as once, and else asked about", async () => {
      const plain = changing.filter(
        // The stub answers for tokens itself.
        ({ name, verb, url }) => classOf(name, verb).class !== "findable" && !url.endsWith("/access_tokens"),
      );
      expect(plain.length).toBeGreaterThan(400);
      const wrong: string[] = [];
      for (const method of plain) {
        const { result, changes } = await play({ method, first });
        const code = result.type === "failed" ? result.error.code : result.type;
        const got = `${code} after ${changes.length}`;
        const wanted =
          classOf(method.name, method.verb).class === "once"
            ? "outcome_unknown after 1"
            : "succeeded after 2";
        if (got !== wanted) wrong.push(`${method.name}: ${got}, not ${wanted}`);
      }
      expect(wrong).toEqual([]);
    });
  },
);

test("after a crash nothing that can't be found is done, and a person is asked", async () => {
  const wrong: string[] = [];
  for (const method of changing.filter(({ name, verb }) => classOf(name, verb).class === "once")) {
    const { result, changes } = await play({ method, first: null, mayHaveHappened: true });
    if (result.type !== "failed" || result.error.code !== "outcome_unknown" || changes.length > 0)
      wrong.push(method.name);
  }
  expect(wrong).toEqual([]);
});

const author = { login: "hishamos[bot]", type: "Bot" };

/** What the stand-in does not know, by hand: what GitHub lists once it is made. */
const byHand: Readonly<Record<string, { input: JsonObject; found: (made: JsonObject) => Json; none: Json }>> =
  {
    "pulls.createReviewComment": {
      input: { body: "Here", path: "a.txt", commit_id: "c", line: 1 },
      found: ({ body }) => [{ id: 5, user: author, body: body ?? null }],
      none: [],
    },
    "pulls.createReplyForReviewComment": {
      input: { body: "Here" },
      found: ({ body }) => [{ id: 5, user: author, body: body ?? null }],
      none: [],
    },
    "repos.createCommitComment": {
      input: { body: "Here" },
      found: ({ body }) => [{ id: 5, user: author, body: body ?? null }],
      none: [],
    },
    "pulls.dismissReview": {
      input: { message: "Old" },
      found: () => ({ id: 5, state: "DISMISSED" }),
      none: { id: 5, state: "APPROVED" },
    },
  };

describe.for(Object.entries(byHand))("%s", ([name, { input, found, none }]) => {
  const method = methodOf(octokit, name);
  if (!method) throw new Error(`${name} is no method`);

  test.for(["lost", 502] as const)("is found where it was done and the answer is %s", async (first) => {
    const { result, changes } = await play({
      method,
      input,
      first,
      reads: (_, made) => (made ? found(made) : none),
    });
    expect([result.type, changes.length]).toEqual(["succeeded", 1]);
    expect(result).toMatchObject({ output: { id: 5 } });
  });

  test("is made where it was not", async () => {
    const { result, changes } = await play({ method, input, first: 500, reads: () => none });
    expect([result.type, changes.length]).toEqual(["succeeded", 2]);
  });
});

test("every class that is named is tried on the stand-in, here by hand, or as one of all", () => {
  const tried = new Set([...rows.map(({ action }) => action), ...Object.keys(byHand)]);
  const left = [...classes].filter(([name, effect]) => effect.class === "findable" && !tried.has(name));
  expect(left.map(([name]) => name)).toEqual([]);
});
