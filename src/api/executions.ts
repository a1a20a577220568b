import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Execution, ExecutionState } from "../core/execution.ts";
import type { JsonObject } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import {
  type BlobStore,
  type ExecutionStore,
  type Gateway,
  type Steering,
  steering,
} from "../engine/ports/index.ts";
import { callerOf } from "./callers.ts";
import { largeValuesOf } from "./large.ts";
import { sendProblem, sendRefusal } from "./problem.ts";
import * as schemas from "./schemas.ts";
import { summaryOf, viewOf } from "./view.ts";
import { keyOf } from "./workflows.ts";

export interface ExecutionRoutesOptions {
  readonly gateway: Gateway;
  readonly executions: Pick<ExecutionStore, "load" | "list">;
  readonly blobs: Pick<BlobStore, "get">;
}

interface Query {
  repository?: string;
  workflow?: string;
  state?: string;
  subject?: number;
  limit: number;
  cursor?: string;
}

/** Executions: listed, shown and steered. */
export function executionRoutes(app: FastifyInstance, options: ExecutionRoutesOptions): void {
  const { gateway } = options;

  app.get<{ Querystring: Query }>(
    "/workflows/executions",
    {
      schema: {
        summary: "The executions that one may see, newest first",
        querystring: schemas.executionQuery,
        response: { 200: schemas.executionPage },
      },
    },
    async (request, reply) => {
      const { subject, repository } = request.query;
      if (subject !== undefined && repository === undefined) {
        return sendProblem(reply, 422, { detail: "subject is a number in a repository: name that, too." });
      }
      try {
        return await pageFor(request, options);
      } catch (error) {
        const problem = problemIn(error);
        if (problem === null) throw error;
        return sendRefusal(reply, { refused: "invalid", problems: [problem] });
      }
    },
  );

  app.get<{ Params: { id: string } }>(
    "/workflows/executions/:id",
    {
      schema: {
        summary: "An execution: its state, steps and timeline",
        params: schemas.executionId,
        response: { 200: schemas.executionDetail },
      },
    },
    async (request, reply) => {
      const execution = await seenExecution(request, request.params.id, options);
      return execution === null ? sendProblem(reply, 404) : viewOf(execution);
    },
  );

  app.get<{ Params: { id: string } }>(
    "/workflows/executions/:id/drawing",
    {
      schema: {
        summary:
          "The execution's steps as a Mermaid flowchart that shows where it stands, and what it waits for",
        params: schemas.executionId,
        response: { 200: schemas.executionDrawing },
      },
    },
    async (request, reply) => {
      const execution = await seenExecution(request, request.params.id, options);
      return execution === null ? sendProblem(reply, 404) : await gateway.draw(execution);
    },
  );

  app.get<{ Params: { id: string; sha256: string } }>(
    "/workflows/executions/:id/values/:sha256",
    {
      schema: {
        summary: 'A large value of the execution, that stands there as {"$large": …}',
        params: schemas.valueId,
        response: { 200: { description: "The value." } },
      },
    },
    async (request, reply) => {
      const { id, sha256 } = request.params;
      const execution = await seenExecution(request, id, options);
      if (execution === null || !largeValuesOf(execution).has(sha256)) return sendProblem(reply, 404);
      const stored = await options.blobs.get(sha256, id);
      if (stored === null) return sendProblem(reply, 404);
      if (stored.text.length > largestValue) {
        const detail = `The value has ${stored.text.length} characters; at most ${largestValue} are given.`;
        return sendProblem(reply, 422, { detail });
      }
      return reply.type("application/json; charset=utf-8").send(Buffer.from(stored.text));
    },
  );

  for (const command of steering) steeringRoute(app, command, options);
}

/** Characters of JSON; one answer is not to fill the memory. */
const largestValue = 16_777_216;

/** What can't be guessed. */
const needs: { readonly [C in Steering]?: readonly ("step" | "reason")[] } = {
  skip: ["step"],
  fail: ["step", "reason"],
};

function steeringRoute(app: FastifyInstance, command: Steering, options: ExecutionRoutesOptions): void {
  app.post<{
    Params: { id: string };
    Body: { step?: string; reason?: string; values?: JsonObject; latest?: boolean } | null;
    Headers: { "idempotency-key"?: string };
  }>(
    `/workflows/executions/:id/${command}`,
    {
      schema: {
        summary: `What /hishamos ${command} does`,
        params: schemas.executionId,
        body: schemas.steeringBody(...(needs[command] ?? [])),
        headers: schemas.idempotencyHeader,
        response: { 202: { type: "object", properties: { accepted: { type: "boolean" } } } },
      },
    },
    async (request, reply) => {
      const execution = await seenExecution(request, request.params.id, options);
      if (execution === null) return sendProblem(reply, 404);
      const { step = null, reason = null, values = null, latest = false } = request.body ?? {};
      const key = keyOf(request.headers);
      const asked = { command, step, reason, values, latest, key };
      const taken = await options.gateway.steer(callerOf(request), execution, asked);
      return "refused" in taken ? sendRefusal(reply, taken) : reply.code(202).send(taken);
    },
  );
}

/** The execution, or null where there is none that the caller may see. */
export async function seenExecution(
  request: FastifyRequest,
  id: string,
  { executions, gateway }: ExecutionRoutesOptions,
): Promise<Execution | null> {
  const execution = await executions.load(id);
  if (execution === null) return null;
  const role = await gateway.roleOn(callerOf(request), execution.repository, execution.installation);
  return role === "none" ? null : execution;
}

/** What a store refuses of what a caller sent, as a cursor that is none. */
function problemIn(error: unknown): Problem | null {
  const problem = error instanceof Error && "problem" in error ? (error.problem as Problem) : null;
  return problem?.code === "HOS606" ? problem : null;
}

/** How many pages of the store one answer may look through for what its caller may see. */
const mostLooks = 20;

/**
 * A page of what the caller may see. What it may not is passed over, so a page may hold fewer than `limit` and still have
 * a next one.
 */
async function pageFor(
  request: FastifyRequest<{ Querystring: Query }>,
  { executions, gateway }: ExecutionRoutesOptions,
) {
  const caller = callerOf(request);
  const { repository, workflow, state, subject, limit, cursor } = request.query;
  const roles = new Map<number, boolean>();
  const sees = async ({ repository: place, installation }: Execution): Promise<boolean> => {
    const known = roles.get(place.id);
    if (known !== undefined) return known;
    const seen = (await gateway.roleOn(caller, place, installation)) !== "none";
    roles.set(place.id, seen);
    return seen;
  };
  const wanted = (execution: Execution): boolean =>
    (repository === undefined || fullName(execution).toLowerCase() === repository.toLowerCase()) &&
    (caller.repository === null || caller.repository === execution.repository.id);
  const found: Execution[] = [];
  let next = cursor ?? null;
  for (let look = 0; look < mostLooks; look++) {
    const page = await executions.list({
      ...(caller.repository === null ? {} : { repository: caller.repository }),
      ...(workflow === undefined ? {} : { workflow }),
      ...(state === undefined ? {} : { states: state.split(",") as ExecutionState[] }),
      ...(subject === undefined ? {} : { subject }),
      limit: limit - found.length,
      ...(next === null ? {} : { cursor: next }),
    });
    for (const execution of page.executions) {
      if (wanted(execution) && (await sees(execution))) found.push(execution);
    }
    next = page.next;
    if (next === null || found.length >= limit) break;
  }
  return { executions: found.map(summaryOf), next };
}

function fullName({ repository: { owner, name } }: Execution): string {
  return `${owner}/${name}`;
}
