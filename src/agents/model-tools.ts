import { jsonSchema, type Tool, tool } from "ai";
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
}

/** A whole file can cost more than the step's budget. */
const maxResultLength = 20_000;

interface ToolFacts {
  readonly method: keyof ModelTools;
  readonly argument: string;
  readonly description: string;
}

const known: ReadonlyMap<string, ToolFacts> = new Map([
  [
    "repo.read_file",
    { method: "readFile", argument: "path", description: "Reads a file of the repository." },
  ],
  [
    "repo.search_code",
    { method: "searchCode", argument: "query", description: "Searches the repository's code." },
  ],
  [
    "issues.search",
    { method: "searchIssues", argument: "query", description: "Searches the repository's issues." },
  ],
]);

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
    if (facts === undefined) continue;
    const { method, argument, description } = facts;
    const one = tool({
      description,
      inputSchema: jsonSchema<Record<string, unknown>>({
        type: "object",
        required: [argument],
        additionalProperties: false,
        properties: { [argument]: { type: "string" } },
      }),
      execute: async (input) => {
        const value = input[argument];
        if (typeof value !== "string") throw new TypeError(`${argument} must be text`);
        const text = await orAborted(tools[method](request, value, signal), signal);
        const left = text.length - maxResultLength;
        return left > 0 ? `${text.slice(0, maxResultLength)}\n… ${left} more characters` : text;
      },
    });
    made.push([name.replaceAll(".", "_"), one]);
  }
  return Object.fromEntries(made);
}

/** A tool that does not heed its signal must not hold the attempt. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new Error("aborted"));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}
