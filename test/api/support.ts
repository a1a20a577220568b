import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Api, createApi } from "../../src/api/api.ts";
import { servePage } from "../../src/api/page.ts";
import type { Execution, RepositoryRef } from "../../src/core/execution.ts";
import type { Role } from "../../src/core/workflow.ts";
import { loadWorkflow } from "../../src/definition/index.ts";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import {
  type Caller,
  type Gateway,
  type Refused,
  type SteeringRequest,
  type Stores,
  silentLog,
  type Wait,
  type WorkflowEntry,
} from "../../src/engine/ports/index.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { anExecution } from "../support/execution.ts";

export const operatorToken = "operator-token";
/** Tokens by who they speak for; the roles are those on the repository 1000, as GitHub would say. */
export const people: Readonly<Record<string, { readonly caller: Caller; readonly role: Role }>> = {
  maya: { caller: { kind: "user", login: "maya", repository: null }, role: "maintain" },
  rea: { caller: { kind: "user", login: "rea", repository: null }, role: "read" },
  eve: { caller: { kind: "user", login: "eve", repository: null }, role: "none" },
  job: { caller: { kind: "actions", login: "github-actions[bot]", repository: 1000 }, role: "write" },
  elsewhere: { caller: { kind: "actions", login: "github-actions[bot]", repository: 2000 }, role: "write" },
};

const text = `name: Work
inputs: { title: { type: string, required: true } }
steps: [{ id: fix, agent: coding-agent, timeout: 1d }]
`;
export const repository: RepositoryRef = { id: 1000, owner: "octo-org", name: "octo-repo" };

/** GitHub's side, by hand: it knows the people above and one workflow, and notes what it is asked to do. */
export class FakeGateway implements Gateway {
  readonly asked: unknown[] = [];
  readonly entry: WorkflowEntry;
  /** What the next request that changes something comes to. */
  refusal: Refused | null = null;
  broken = false;
  readonly #stores: Stores;

  constructor(stores: Stores) {
    this.#stores = stores;
    const loaded = loadWorkflow(text, ".hishamos/work.yml");
    if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
    const { workflow } = loaded;
    const path = workflow.path;
    this.entry = {
      id: "1000.work",
      repository,
      path,
      commit: "c0ffee",
      workflow,
      text,
      problems: [],
      drawing: "flowchart TD",
    };
  }

  async identify(token: string): Promise<Caller | null> {
    if (this.broken) throw new Error("GitHub is away");
    return people[token]?.caller ?? null;
  }

  async roleOn(caller: Caller, { id }: RepositoryRef): Promise<Role> {
    if (caller.kind === "operator") return "admin";
    if (caller.kind === "actions") return caller.repository === id ? "write" : "none";
    return id === repository.id ? (people[caller.login]?.role ?? "none") : "none";
  }

  async workflows(caller: Caller): Promise<readonly WorkflowEntry[]> {
    return (await this.#sees(caller)) ? [this.entry] : [];
  }

  async workflow(caller: Caller, id: string): Promise<WorkflowEntry | Refused> {
    return id === this.entry.id && (await this.#sees(caller)) ? this.entry : { refused: "not_found" };
  }

  async propose(caller: Caller, proposal: object) {
    return (
      (await this.#may(caller, { propose: proposal })) ?? { pullRequest: { number: 7, url: "https://x/7" } }
    );
  }

  async execute(caller: Caller, id: string, request: { readonly key: string }) {
    const refused =
      id === this.entry.id
        ? await this.#may(caller, { execute: request })
        : { refused: "not_found" as const };
    if (refused) return refused;
    const execution = anExecution();
    await this.#stores.executions.create(execution);
    return { result: "created" as const, execution };
  }

  async draw(execution: Execution): Promise<{ mermaid: string; waits: Wait[] }> {
    const waits = [{ step: "fix", what: "approval", who: "@maya", answer: null }];
    return { mermaid: `flowchart TD\n  %% ${execution.state}`, waits };
  }

  async steer(caller: Caller, execution: Execution, request: SteeringRequest) {
    return (
      (await this.#may(caller, { steer: execution.id, by: caller.login, ...request })) ?? {
        accepted: true as const,
      }
    );
  }

  async #sees(caller: Caller): Promise<boolean> {
    return (await this.roleOn(caller, repository)) !== "none";
  }

  async #may(caller: Caller, what: object): Promise<Refused | null> {
    const role = await this.roleOn(caller, repository);
    if (role === "none") return { refused: "not_found" };
    if (role === "read") return { refused: "forbidden", why: "it needs the role write, and yours is read" };
    this.asked.push(what);
    return this.refusal;
  }
}

export interface Bench {
  readonly url: string;
  readonly api: Api;
  readonly stores: Stores;
  readonly gateway: FakeGateway;
  readonly clock: SimulatedClock;
  get(path: string, token?: string | null, init?: RequestInit): Promise<Answer>;
  post(
    path: string,
    body?: unknown,
    token?: string | null,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** The API on a real server, with stores in memory. */
export async function openBench(requestsPerMinute = 10_000): Promise<Bench> {
  const stores = await openSqliteStores({ directory: ":memory:" });
  const clock = new SimulatedClock();
  const gateway = new FakeGateway(stores);
  const api = await createApi({ gateway, stores, clock, log: silentLog, operatorToken, requestsPerMinute });
  const server = createServer((req, res) => {
    if (!servePage(req, res) && !api.handle(req, res)) res.writeHead(404).end("not the API's");
  });
  server.on("upgrade", (req, socket, head) => {
    if (!api.upgrade(req, socket, head)) socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (path: string, token: string | null, init: RequestInit): Promise<Answer> => {
    const headers = new Headers(init.headers);
    if (token !== null) headers.set("authorization", `Bearer ${token}`);
    const answer = await fetch(`${url}${path}`, { ...init, headers });
    const said = await answer.text();
    const type = answer.headers.get("content-type") ?? "";
    const body: unknown = type.includes("json") && said !== "" ? JSON.parse(said) : said;
    return { status: answer.status, type, headers: answer.headers, body };
  };
  return {
    url,
    api,
    stores,
    gateway,
    clock,
    get: (path, token = "maya", init = {}) => ask(path, token, init),
    post: (path, body, token = "maya", headers = {}) =>
      ask(path, token, {
        method: "POST",
        ...(body === undefined
          ? { headers }
          : { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } }),
      }),
    async close() {
      await api.stop();
      server.closeAllConnections();
      server.close();
      await stores.close();
    },
  };
}
