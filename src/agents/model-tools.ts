import { jsonSchema, type Tool, tool } from "ai";
import type { AgentDefinition } from "../core/workflow.ts";
import type { StepRequest } from "../engine/ports/index.ts";

/**
 * What a model may look up, in the step's own repository and with its rights. Each rejects with a message that the
 * model is shown, and ends when the signal is aborted.
 */
export interface ModelTools {
  /** A file's text on the default branch. */
  readFile(request: StepRequest, path: string, signal: AbortSignal): Promise<string>;
  /** Matching places, as text. */
  searchCode(request: StepRequest, query: string, signal: AbortSignal): Promise<string>;
  /** Matching issues and pull requests, as text. */
  searchIssues(request: StepRequest, query: string, signal: AbortSignal): Promise<string>;
  /** What a pull request changes, as a unified diff. */
  readDiff(request: StepRequest, pullNumber: number, signal: AbortSignal): Promise<string>;
}

/** A whole file can cost more than the step's budget; this is about 10,000 tokens. */
const maxResultLength = 40_000;

interface ToolFacts {
  readonly description: string;
  readonly argument: string;
  readonly type: "string" | "integer";
  /** True where the work is worth nothing without it: a review by somebody who can't see the change. */
  readonly essential: boolean;
  readonly call: (
    tools: ModelTools,
    request: StepRequest,
    value: unknown,
    signal: AbortSignal,
  ) => Promise<string>;
}

const known: ReadonlyMap<string, ToolFacts> = new Map([
  [
    "repo.read_file",
    {
      description: "Reads a file of the repository's default branch.",
      argument: "path",
      type: "string",
      essential: false,
      call: (tools, request, value, signal) => tools.readFile(request, text(value), signal),
    },
  ],
  [
    "repo.search_code",
    {
      description: "Searches the repository's code.",
      argument: "query",
      type: "string",
      essential: false,
      call: (tools, request, value, signal) => tools.searchCode(request, text(value), signal),
    },
  ],
  [
    "issues.search",
    {
      description: "Searches the repository's issues and pull requests.",
      argument: "query",
      type: "string",
      essential: false,
      call: (tools, request, value, signal) => tools.searchIssues(request, text(value), signal),
    },
  ],
  [
    "pulls.read_diff",
    {
      description: "Reads what a pull request changes, as a diff.",
      argument: "pull_number",
      type: "integer",
      essential: true,
      call: (tools, request, value, signal) => tools.readDiff(request, whole(value), signal),
    },
  ],
]);

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("the argument must be text");
  return value;
}

function whole(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new TypeError("the argument must be a whole number");
  return Number(value);
}

/** Whether the agent's work needs a tool, so that without any a model can't do it. */
export function needsTools(agent: AgentDefinition): boolean {
  return agent.tools.some((name) => known.get(name)?.essential);
}

/** The named tools for the SDK; names that are not known are left out. Dots are not allowed in the APIs' tool names. */
export function toolsFor(
  names: readonly string[],
  tools: ModelTools,
  request: StepRequest,
  signal: AbortSignal,
): Record<string, Tool> {
  const made: [string, Tool][] = [];
  for (const name of names) {
    const facts = known.get(name);
    if (facts !== undefined) made.push([name.replaceAll(".", "_"), toTool(facts, tools, request, signal)]);
  }
  return Object.fromEntries(made);
}

function toTool(facts: ToolFacts, tools: ModelTools, request: StepRequest, signal: AbortSignal): Tool {
  const { description, argument, type, call } = facts;
  return tool({
    description,
    inputSchema: jsonSchema<Record<string, unknown>>({
      type: "object",
      required: [argument],
      additionalProperties: false,
      properties: { [argument]: { type } },
    }),
    execute: async (input) => {
      const found = await orAborted(call(tools, request, input[argument], signal), signal);
      const left = found.length - maxResultLength;
      return left > 0 ? `${found.slice(0, maxResultLength)}\n… ${left} more characters` : found;
    },
  });
}

/** A tool that does not heed its signal must not hold the attempt. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new Error("aborted"));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}
