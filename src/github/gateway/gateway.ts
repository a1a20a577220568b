import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../../core/execution.ts";
import { refusals } from "../../core/refusal.ts";
import type { Role } from "../../core/workflow.ts";
import { definitionKind, mermaid } from "../../definition/index.ts";
import {
  type Caller,
  type Gateway,
  type Refused,
  type SteeringRequest,
  type WorkflowEntry,
} from "../../engine/ports/index.ts";
import { isAtLeast } from "../authorise.ts";
import { kindOf, startByCall } from "../call.ts";
import type { Reply } from "../commands/answers.ts";
import { prepare } from "../commands/handle.ts";
import { type DefinitionFile, workflowsIn } from "../definitions.ts";
import { hasStatus } from "../failures.ts";
import { drawing } from "../report/drawing.ts";
import { type Room, takenBy, type Work } from "../room.ts";
import type { Installed, RepositoryReader } from "../sweep/repositories.ts";
import type { Identified } from "./identify.ts";
import { powersOf } from "./powers.ts";
import { gatewayProblem } from "./problems.ts";
import { propose } from "./propose.ts";
import { visit } from "./visit.ts";
import { waitsOf } from "./waits.ts";

export interface GatewayOptions {
  readonly room: Room;
  readonly repositories: RepositoryReader;
  readonly identify: (token: string) => Promise<Identified | null>;
}

const notFound = { refused: "not_found" } as const;
const concurrency = 8;
/** How long the list of what the App is installed on is believed: a repository that is new is there soon. */
const listedMs = 60_000;

/** The API's side of GitHub: the same decisions as for comments, for whoever a token speaks for. */
export function createGateway({ room, repositories, identify }: GatewayOptions): Gateway {
  /** By caller the client of its own token, as long as the API keeps the caller. */
  const own = new WeakMap<Caller, Octokit>();
  let listed: { readonly until: number; readonly all: Promise<readonly Installed[]> } | null = null;

  function installed(): Promise<readonly Installed[]> {
    if (listed !== null && listed.until > room.clock.now()) return listed.all;
    const all = readInstalled();
    listed = { until: room.clock.now() + listedMs, all };
    // A question that failed is asked again; whoever waits for this one gets its error.
    all.catch(() => {
      listed = null;
    });
    return all;
  }

  async function readInstalled(): Promise<readonly Installed[]> {
    const signal = AbortSignal.timeout(30_000);
    const found: Installed[] = [];
    for (const installation of await repositories.installations(signal)) {
      found.push(...(await repositories.repositories(installation, signal)));
    }
    return found.toSorted((a, b) => (fullName(a) < fullName(b) ? -1 : 1));
  }

  /** What the login may do, and no more than the token that it came with. */
  async function roleOn(
    caller: Caller,
    repository: RepositoryRef,
    installation: number | null,
  ): Promise<Role> {
    if (caller.kind === "operator") return "admin";
    if (caller.kind === "actions") return caller.repository === repository.id ? "write" : "none";
    const octokit = own.get(caller);
    if (octokit === undefined || installation === null) return "none";
    const role = await room.authoriser.roleOf(
      room.clients.installation(installation),
      repository,
      caller.login,
    );
    if (role === "none") return "none";
    return narrowed(role, await grantedTo(octokit, repository));
  }

  async function visible(caller: Caller, place: Installed): Promise<boolean> {
    return (await roleOn(caller, place, place.installation)) !== "none";
  }

  async function entriesOf(place: Installed): Promise<readonly WorkflowEntry[]> {
    const octokit = room.clients.installation(place.installation);
    const definitions = await room.definitions.newest(octokit, place, place.defaultBranch);
    if (definitions === null) return [];
    return definitions.files.flatMap((file) => entryOf(place, definitions.commit, file) ?? []);
  }

  /** The repository that an id names and the caller may see. */
  async function placeOf(caller: Caller, id: string): Promise<Installed | null> {
    const repository = Number(id.split(".", 1)[0]);
    const place = (await installed()).find((each) => each.id === repository);
    return place !== undefined && (await visible(caller, place)) ? place : null;
  }

  function workFor(caller: Caller, work: Parameters<typeof visit>[1]): Work {
    return visit({ ...room, authoriser: powersOf(caller, room.authoriser) }, work);
  }

  return {
    async identify(token) {
      const known = await identify(token);
      if (known?.octokit) own.set(known.caller, known.octokit);
      return known?.caller ?? null;
    },

    roleOn,

    async workflows(caller, { repository }) {
      const wanted = (await installed()).filter(
        (place) =>
          (repository === undefined || fullName(place) === repository.toLowerCase()) &&
          (caller.repository === null || caller.repository === place.id),
      );
      const entries: WorkflowEntry[] = [];
      for (let at = 0; at < wanted.length; at += concurrency) {
        const some = wanted.slice(at, at + concurrency);
        const read = await Promise.all(
          some.map(async (place) => ((await visible(caller, place)) ? entriesOf(place) : [])),
        );
        entries.push(...read.flat());
      }
      return entries;
    },

    async workflow(caller, id) {
      const place = await placeOf(caller, id);
      const entries = place === null ? [] : await entriesOf(place);
      return entries.find((entry) => entry.id === id) ?? notFound;
    },

    async propose(caller, { repository, path, text, key }) {
      const place = (await installed()).find((each) => fullName(each) === repository.toLowerCase());
      if (place === undefined || !(await visible(caller, place))) return notFound;
      if (!isAtLeast(await roleOn(caller, place, place.installation), "write")) return needs("write");
      return propose(room, place, { path, text, key, by: caller.login });
    },

    async execute(caller, id, { input, subject: number, key }) {
      const place = await placeOf(caller, id);
      if (place === null) return notFound;
      const octokit = room.clients.installation(place.installation);
      const definitions = await room.definitions.newest(octokit, place, place.defaultBranch);
      const file = definitions && workflowsIn(definitions).find((each) => idOf(place, each) === id);
      if (definitions === null || !file) return notFound;
      const about = number === null ? null : await kindOf(octokit, place, number);
      if (number !== null && about === null) {
        return {
          refused: "invalid",
          problems: [gatewayProblem("HOS340", `there is no issue or pull request #${number}`)],
        };
      }
      const work = workFor(caller, { ...visitorOf(caller, place, `api:${key}`), subject: about });
      const started = await startByCall(work, definitions, {
        file,
        input,
        event: {},
        occurrence: `api:${key}`,
      });
      if ("refusal" in started) return { refused: "forbidden", why: started.refusal };
      if (started.result === "invalid") return { refused: "invalid", problems: started.problems };
      const result = started.result === "slot_taken" ? "joined" : started.result;
      return { result, execution: started.execution };
    },

    async draw(execution) {
      const workflow = await room.engine.workflowOf(execution);
      return { mermaid: drawing(workflow, execution), waits: waitsOf(workflow, execution) };
    },

    async steer(caller, execution, request) {
      const { repository, installation, subject } = execution;
      if (installation === null) return notFound;
      const id = `api:${request.key}`;
      if (takenBy([execution], id)) return { accepted: true };
      const work = workFor(caller, {
        ...visitorOf(caller, { ...repository, installation }, id),
        subject: subject && { number: subject.number, isPullRequest: subject.type === "pull_request" },
      });
      const prepared = await prepare(work, request.command, execution, restOf(request), blockOf(request), id);
      if ("reply" in prepared) return refusedBy(prepared.reply);
      const problem = await room.engine.check(execution, prepared.body);
      if (problem !== null) return { refused: "conflict", problem };
      await room.engine.send({ id, executionId: execution.id, at: room.clock.now(), body: prepared.body });
      return { accepted: true };
    },
  };
}

function visitorOf(
  { login }: Caller,
  { id, owner, name, installation }: RepositoryRef & { readonly installation: number },
  key: string,
) {
  return { login, repository: { id, owner, name }, installation, key, subject: null };
}

/** What would stand behind the command's name in a comment. */
function restOf({ command, step, reason, latest }: SteeringRequest): string {
  if (command === "retry")
    return [step === null ? "" : `from ${step}`, latest ? "latest" : ""].join(" ").trim();
  return [step ?? "", reason ?? ""].join(" ").trim();
}

function blockOf({ command, values }: SteeringRequest): string | null {
  return command === "done" && values !== null ? JSON.stringify(values) : null;
}

function refusedBy({ why, note }: Reply): Refused {
  if (why && "denied" in why) return { refused: "forbidden", why: why.denied };
  if (why) {
    const [only] = why.problems;
    return why.problems.length === 1 && only !== undefined && Object.hasOwn(refusals, only.code)
      ? { refused: "conflict", problem: only }
      : { refused: "invalid", problems: why.problems };
  }
  return { refused: "conflict", problem: gatewayProblem("HOS341", note) };
}

function needs(role: Role): Refused {
  return { refused: "forbidden", why: `it needs the role ${role} in this repository` };
}

function entryOf(place: Installed, commit: string, file: DefinitionFile): WorkflowEntry | null {
  const id = idOf(place, file);
  const base = { id, repository: refOf(place), path: file.path, commit };
  if ("workflow" in file) {
    const { workflow, text } = file;
    return { ...base, workflow, text, problems: [], drawing: mermaid(workflow) };
  }
  // Agents and settings are no workflows, valid or not.
  if (!("problems" in file) || definitionKind(file.path) !== "workflow") return null;
  return { ...base, workflow: null, text: null, problems: file.problems, drawing: null };
}

function idOf({ id }: RepositoryRef, { path }: { readonly path: string }): string {
  return `${id}.${path.replace(/^.*\//, "").replace(/\.\w+$/, "")}`;
}

function refOf({ id, owner, name }: Installed): RepositoryRef {
  return { id, owner, name };
}

function fullName({ owner, name }: RepositoryRef): string {
  return `${owner}/${name}`.toLowerCase();
}

/** What GitHub lets this token do there: one that was made for other repositories does not even see it. */
async function grantedTo(octokit: Octokit, repository: RepositoryRef): Promise<Role> {
  try {
    const { data } = await octokit.rest.repos.get({ owner: repository.owner, repo: repository.name });
    const { admin, maintain, push, triage } = data.permissions ?? {};
    if (data.id !== repository.id) return "none";
    return admin ? "admin" : maintain ? "maintain" : push ? "write" : triage ? "triage" : "read";
  } catch (error) {
    if (hasStatus(error, 401, 403, 404)) return "none";
    throw error;
  }
}

function narrowed(role: Role, granted: Role): Role {
  return isAtLeast(role, granted) ? granted : role;
}
