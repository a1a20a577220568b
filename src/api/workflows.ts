import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Json } from "../core/json.ts";
import type { Gateway, WorkflowEntry } from "../engine/ports/index.ts";
import { callerOf } from "./callers.ts";
import { sendProblem, sendRefusal } from "./problem.ts";
import * as schemas from "./schemas.ts";
import { summaryOf } from "./view.ts";

interface IdempotencyHeaders {
  "idempotency-key"?: string;
}

/** Definitions in repositories: listed, shown, proposed as a pull request, and started. */
export function workflowRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.get<{ Querystring: { repository?: string } }>(
    "/workflows",
    {
      schema: {
        summary: "The workflows of the repositories that one may see",
        querystring: {
          type: "object",
          properties: {
            repository: {
              type: "string",
              pattern: "^[^/\\s]+/[^/\\s]+$",
              description: "Of this repository only, as owner/name.",
            },
          },
          additionalProperties: false,
        },
        response: { 200: schemas.workflowList },
      },
    },
    async (request, reply) => {
      const found = await gateway.workflows(callerOf(request), request.query);
      return "refused" in found ? sendRefusal(reply, found) : { workflows: found.map(fieldsOf) };
    },
  );

  app.post<{ Body: { repository: string; path: string; definition: string }; Headers: IdempotencyHeaders }>(
    "/workflows",
    {
      bodyLimit: 1_048_576,
      schema: {
        summary: "Propose a workflow: it is validated, and a pull request adds it",
        body: schemas.proposalBody,
        headers: schemas.idempotencyHeader,
        response: {
          201: {
            type: "object",
            properties: {
              pull_request: {
                type: "object",
                properties: { number: { type: "integer" }, url: { type: "string" } },
              },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { repository, path, definition: text } = request.body;
      const key = keyOf(request.headers);
      const made = await gateway.propose(callerOf(request), { repository, path, text, key });
      if ("refused" in made) return sendRefusal(reply, made);
      return reply.code(201).send({ pull_request: made.pullRequest });
    },
  );

  app.get<{ Params: { id: string } }>(
    "/workflows/:id",
    {
      schema: {
        summary: "A workflow with its text, its inputs and a drawing",
        params: schemas.workflowId,
        response: { 200: schemas.workflowDetail },
      },
    },
    async (request, reply) => {
      const found = await gateway.workflow(callerOf(request), request.params.id);
      return "refused" in found ? sendRefusal(reply, found) : detailOf(found);
    },
  );

  app.post<{
    Params: { id: string };
    Body: { inputs?: Record<string, Json>; subject?: number | null } | null;
    Headers: IdempotencyHeaders;
  }>(
    "/workflows/:id/execute",
    {
      schema: {
        summary: "Start a workflow",
        params: schemas.workflowId,
        body: schemas.startBody,
        headers: schemas.idempotencyHeader,
        response: {
          202: {
            type: "object",
            properties: {
              result: { type: "string", enum: ["created", "exists", "joined", "queued", "rejected"] },
              execution: schemas.executionSummary,
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { inputs = {}, subject = null } = request.body ?? {};
      const asked = { input: inputs, subject, key: keyOf(request.headers) };
      const started = await gateway.execute(callerOf(request), request.params.id, asked);
      if ("refused" in started) return sendRefusal(reply, started);
      if (started.result === "rejected") {
        const detail = `The execution ${started.execution.id} of its concurrency group is under way.`;
        return sendProblem(reply, 409, { detail });
      }
      const { execution, result } = started;
      void reply.header("location", `/api/v1/workflows/executions/${execution.id}/`);
      return reply.code(202).send({ result, execution: summaryOf(execution) });
    },
  );
}

/** Without a key each request is one of its own. */
export function keyOf(headers: IdempotencyHeaders): string {
  return headers["idempotency-key"] ?? randomUUID();
}

function fieldsOf({ id, repository, path, commit, workflow }: WorkflowEntry) {
  return {
    id,
    repository: { id: repository.id, full_name: `${repository.owner}/${repository.name}` },
    path,
    commit,
    name: workflow?.name ?? null,
    description: workflow?.description ?? null,
    version: workflow?.version ?? null,
    status: workflow?.status ?? null,
    valid: workflow !== null,
  };
}

function detailOf(entry: WorkflowEntry) {
  const { workflow, text, problems, drawing } = entry;
  return {
    ...fieldsOf(entry),
    text,
    inputs: Object.fromEntries(
      (workflow?.inputs ?? []).map(({ name, schema, required, default: otherwise = null }) => [
        name,
        { schema, required, default: otherwise },
      ]),
    ),
    drawing,
    problems,
  };
}
