import { unreachable } from "../../core/problem.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import { type Log, silentLog } from "../../engine/ports/log.ts";
import type { StepResult, StepRunner } from "../../engine/ports/runner.ts";
import type { Clients } from "../clients.ts";
import { createIdentity } from "../identity.ts";
import { callPages, type Method, methodOf } from "./call.ts";
import { classOf } from "./classes.ts";
import { failureOf } from "./errors.ts";
import { parametersOf } from "./parameters.ts";
import { perform } from "./perform.ts";
import { type ActionContext, aborted, effectOf, failed, outcomeUnknown } from "./results.ts";
import { stickyComment } from "./sticky.ts";
import { refOf, trimmed } from "./trim.ts";

export interface ActionRunnerOptions {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly log?: Log;
  /** The App's slug, by which its objects are known; asked of GitHub once where it is not given. */
  readonly appSlug?: string;
}

/** Clocks of two machines may differ by this much (ms): how far before the start we look for what we made. */
export const clockTolerance = 10 * 60_000;
const largestOutput = 1_000_000;
const later = new Set(["http.request", "actions.run"]);

/** Runs `action` steps: any method of octokit.rest by its own name, and `comment.sticky`. */
export function createActionRunner(options: ActionRunnerOptions): StepRunner {
  const { clients, clock, log = silentLog } = options;
  const identity = createIdentity(clients);
  const slug = async () => options.appSlug ?? (await identity.botLogin()).replace(/\[bot\]$/, "");

  return {
    async run(request) {
      const { execution, workflow, step, signal } = request;
      if (step.kind.kind !== "action") throw new Error(`a step of kind ${step.kind.kind} is not an action`);
      const { action } = step.kind;
      if (later.has(action)) {
        return failed(
          "not_supported",
          `${action} is not supported by this version; remove the step or replace it.`,
        );
      }
      if (execution.installation === null) {
        return failed(
          "no_installation",
          `${action} needs GitHub, and this execution has no App installation.`,
        );
      }
      const octokit = clients.installation(execution.installation, {
        repositoryIds: [execution.repository.id],
        permissions: { metadata: "read", ...workflow.permissions },
      });
      const context: ActionContext = { request, action, octokit, clock, log, slug };
      try {
        if (action === "comment.sticky") return await stickyComment(context);
        const method = methodOf(octokit, action);
        return method
          ? await runMethod(context, method)
          : failed("unknown_action", `There is no action ${action}.`);
      } catch (error) {
        if (signal.aborted) return aborted(action, signal);
        throw error;
      }
    },
  };
}

async function runMethod(context: ActionContext, method: Method): Promise<StepResult> {
  const { request, octokit, clock, slug } = context;
  const { execution, key, signal, mayHaveHappened } = request;
  const filled = parametersOf(method.name, method.url, request.input, execution);
  if ("refusal" in filled) return failed(filled.refusal.code, filled.refusal.message);
  const effect = classOf(method.name, method.verb);
  const prepare = effect.class === "findable" ? effect.prepare : undefined;
  const parameters = prepare ? prepare(filled.parameters, key) : filled.parameters;
  const since = execution.startedAt - clockTolerance;

  const result = await perform({
    effect,
    // What is findable is looked for after any failed attempt; only what nothing can find needs to be sure.
    mayHaveHappened: mayHaveHappened || (effect.class === "findable" && request.run.attempt > 1),
    clock,
    signal,
    call: async () =>
      effect.class === "read"
        ? callPages(octokit, method, parameters, filled.maxItems, signal)
        : (await method.call(parameters, signal)).data,
    find: async () =>
      effect.class === "findable"
        ? effect.find({ octokit, parameters, key, since, slug: await slug(), signal })
        : null,
  });
  switch (result.outcome) {
    case "done":
      return succeeded(context, effect.class === "read", result.data);
    case "refused":
      return { type: "failed", ...failureOf(result.error, clock.now()), effects: [] };
    case "unknown":
      return outcomeUnknown(method.name, request.path, result.error);
    default:
      return unreachable(result);
  }
}

function succeeded({ request, action }: ActionContext, read: boolean, data: unknown): StepResult {
  // An answer without a body (204) comes as an empty text.
  const output = data === "" ? null : trimmed(data);
  if (read && JSON.stringify(output).length > largestOutput) {
    return failed(
      "output_too_large",
      `${action} answered more than ${largestOutput} characters. Ask for less: set \`max_items\`, or filter in the inputs.`,
    );
  }
  return { type: "succeeded", output, effects: read ? [] : [effectOf(request.key, action, refOf(output))] };
}
