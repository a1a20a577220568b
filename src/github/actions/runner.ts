import { isObject, own } from "../../core/json.ts";
import { unreachable } from "../../core/problem.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import { type Log, silentLog } from "../../engine/ports/log.ts";
import type { StepRequest, StepResult, StepRunner } from "../../engine/ports/runner.ts";
import type { Clients } from "../clients.ts";
import { createIdentity } from "../identity.ts";
import { marker } from "../marker.ts";
import { callPages, type Method, methodOf } from "./call.ts";
import { lookAtChecks } from "./checks.ts";
import { classOf } from "./classes.ts";
import { failureOf } from "./errors.ts";
import { type HttpOptions, httpRequest } from "./http/request.ts";
import { type About, parametersOf, placeholdersOf, pullRequestNumber } from "./parameters.ts";
import { perform } from "./perform.ts";
import { type ActionContext, aborted, effectOf, failed, outcomeUnknown } from "./results.ts";
import { runWorkflow } from "./run/run.ts";
import { stickyComment } from "./sticky.ts";
import { pullRequestOf } from "./subject.ts";
import { refOf, trimmed } from "./trim.ts";
import { markerKey } from "./unique.ts";
import { withoutMarkers } from "./without-markers.ts";

export interface ActionRunnerOptions {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly log?: Log;
  /** The App's slug, by which its objects are known; asked of GitHub once where it is not given. */
  readonly appSlug?: string;
  /** What `http.request` may reach, and the secrets it may use. */
  readonly http?: HttpOptions;
  /** Since when an execution's own traces may be there (ms); its start unless given. */
  readonly tracesSince?: number;
  /** Whether the check run with this address is ours though another App made it. */
  readonly isOwnCheck?: (url: string) => boolean;
}

/** Clocks of two machines may differ by this much (ms): how far before the start we look for what we made. */
export const clockTolerance = 10 * 60_000;
const largestOutput = 1_000_000;

/** What the two that read by themselves need beside what the workflow declares. */
const reads: Readonly<Record<string, Permissions>> = {
  "actions.run": { pull_requests: "read" },
  "wait_for checks": { checks: "read", contents: "read", pull_requests: "read", statuses: "read" },
};
type Permissions = Readonly<Record<string, "read" | "write">>;

/**
 * Runs `action` steps: any method of octokit.rest by its own name, `comment.sticky`, `http.request` and
 * `actions.run`; and looks at the checks that a `wait_for` waits for.
 */
export function createActionRunner(options: ActionRunnerOptions): StepRunner {
  const { clients, clock, log = silentLog, http, isOwnCheck = () => false } = options;
  const identity = createIdentity(clients);
  const slug = async () => options.appSlug ?? (await identity.botLogin()).replace(/\[bot\]$/, "");

  function contextOf(request: StepRequest, action: string): ActionContext | null {
    const { execution, workflow } = request;
    if (execution.installation === null) return null;
    const octokit = clients.installation(execution.installation, {
      repositoryIds: [execution.repository.id],
      permissions: { metadata: "read", ...reads[action], ...workflow.permissions },
    });
    const since = (options.tracesSince ?? execution.startedAt) - clockTolerance;
    return { request, action, octokit, clock, log, slug, appId: clients.appId, since, isOwnCheck };
  }

  return {
    async run(request) {
      const { step, signal } = request;
      const { kind } = step;
      if (kind.kind !== "action" && kind.kind !== "wait_for_checks") {
        throw new Error(`a step of kind ${kind.kind} is not an action`);
      }
      const action = kind.kind === "action" ? kind.action : "wait_for checks";
      if (action === "http.request") return httpRequest(request, clock, http);
      const context = contextOf(request, action);
      if (!context) {
        return failed(
          "no_installation",
          `${action} needs GitHub, and this execution has no App installation.`,
        );
      }
      try {
        if (kind.kind === "wait_for_checks") return await lookAtChecks(context, kind.checks);
        if (action === "comment.sticky") return await stickyComment(context);
        if (action === "actions.run") return await runWorkflow(context);
        const method = methodOf(context.octokit, action);
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
  const { request, octokit, clock, slug, log } = context;
  const { execution, run, signal, mayHaveHappened } = request;
  const about = await aboutOf(context, method);
  if ("type" in about) return about;
  const filled = parametersOf(method.name, method.url, request.input, execution, about);
  if ("refusal" in filled) return failed(filled.refusal.code, filled.refusal.message);
  const effect = classOf(method.name, method.verb);
  if (run.unique !== undefined && effect.class !== "findable") {
    return failed(
      "not_unique",
      `${method.name} makes nothing that could be found again, so \`unique\` can't be kept; remove it.`,
    );
  }
  const unique = run.unique !== undefined;
  const key = markerKey(request, method.name);
  const prepare = effect.class === "findable" ? effect.prepare : undefined;
  const parameters = prepare ? prepare(filled.parameters, key) : filled.parameters;
  // What another execution has made may be as old as the repository.
  const since = unique ? 0 : context.since;
  const find = async () =>
    effect.class === "findable"
      ? effect.find({ octokit, parameters, key, since, unique, slug: await slug(), log, signal })
      : null;

  const result = await perform({
    effect,
    // What is findable is looked for after any failed attempt; only what nothing can find needs to be sure.
    mayHaveHappened: mayHaveHappened || unique || (effect.class === "findable" && run.attempt > 1),
    clock,
    signal,
    call: async () => {
      if (effect.class === "read") return callPages(octokit, method, parameters, filled.maxItems, signal);
      const sent = await withoutMarkers(context, method, parameters, prepare ? marker(key) : null);
      const { data } = await method.call(sent, signal);
      // Another execution may have made it at the same instant: the older one counts for both.
      return unique ? ((await find()) ?? data) : data;
    },
    find,
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

/** What fills the numbers that the step leaves out; GitHub is asked only where `subject` names what it alone knows. */
async function aboutOf(context: ActionContext, method: Method): Promise<About | StepResult> {
  const { request, clock, signal } = { ...context, signal: context.request.signal };
  const { execution, run } = request;
  if (run.subject === undefined) {
    return { issue: execution.subject?.number, pull: pullRequestNumber(execution) };
  }
  const given = isObject(request.input) && own(request.input, "pull_number") !== undefined;
  if (given || !placeholdersOf(method.url).includes("pull_number")) {
    return { issue: run.subject, pull: undefined };
  }
  const result = await perform({
    effect: { class: "read" },
    mayHaveHappened: false,
    call: () => pullRequestOf(context),
    find: async () => null,
    clock,
    signal,
  });
  if (result.outcome !== "done") {
    if (!result.error) throw new Error("what is only read has no unknown outcome");
    return { type: "failed", ...failureOf(result.error, clock.now()), effects: [] };
  }
  if (result.data === null) {
    return failed("no_pull_request", `${method.name} needs a pull request, and #${run.subject} is an issue.`);
  }
  return { issue: run.subject, pull: run.subject };
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
