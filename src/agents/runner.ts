import type { AgentDefinition } from "../core/workflow.ts";
import type { Clock, Log, StepRequest, StepResult, StepRunner } from "../engine/ports/index.ts";
import { type AgentEngine, failure } from "./engine.ts";

export interface AgentRunnerOptions {
  /** The engines that are configured, by name. */
  readonly engines: ReadonlyMap<string, AgentEngine>;
  /** The roles that ship, by name; a workflow's own agents come before them. */
  readonly roles: ReadonlyMap<string, AgentDefinition>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tried in order for an agent that names no engine. */
const defaultEngines: readonly string[] = ["model", "human"];
/** For an agent without a time limit of its own: no model thinks this long, and a dead connection must end. */
const defaultTimeoutMs = 10 * 60_000;

/**
 * Does steps of kind `agent`: finds the agent, picks the first engine that can do its work, and holds it to its
 * time limit. Fails the attempt with `unknown_agent` or `no_engine` where there is none, `timeout` where it took too
 * long.
 */
export function createAgentRunner(options: AgentRunnerOptions): StepRunner {
  const { engines, roles, clock, log } = options;
  return {
    async run(request) {
      const { kind } = request.step;
      if (kind.kind !== "agent") throw new Error(`step ${request.path} is of kind ${kind.kind}, not agent`);
      const agent = request.workflow.agents.get(kind.agent) ?? roles.get(kind.agent);
      if (agent === undefined)
        return unknownAgent(kind.agent, [...request.workflow.agents.keys(), ...roles.keys()]);
      const engine = pick(agent, engines);
      if (engine === null) return noEngine(agent, engines);
      log.debug(
        { execution: request.execution.id, step: request.path, agent: agent.name, engine: engine.name },
        "agent",
      );
      return runInTime(engine, agent, request, clock);
    },
  };
}

function pick(agent: AgentDefinition, engines: ReadonlyMap<string, AgentEngine>): AgentEngine | null {
  for (const name of wanted(agent)) {
    const engine = engines.get(name);
    if (engine?.canRun(agent)) return engine;
  }
  return null;
}

function wanted(agent: AgentDefinition): readonly string[] {
  return agent.engines.length > 0 ? agent.engines : defaultEngines;
}

async function runInTime(
  engine: AgentEngine,
  agent: AgentDefinition,
  request: StepRequest,
  clock: Clock,
): Promise<StepResult> {
  const limitMs = agent.limits.timeoutMs ?? defaultTimeoutMs;
  const late = new AbortController();
  const stopClock = clock.at(clock.now() + limitMs, () => late.abort());
  try {
    const result = await engine.run({
      agent,
      request,
      signal: AbortSignal.any([request.signal, late.signal]),
    });
    // A result that came all the same is kept; only what the abort broke off is called a timeout.
    if (result.type !== "failed" || !late.signal.aborted || request.signal.aborted) return result;
    const message = `agent "${agent.name}" took longer than its limit of ${limitMs / 1000} s. Raise limits.timeout, or retry.`;
    return { ...result, error: { code: "timeout", message, class: "timeout" } };
  } finally {
    stopClock();
  }
}

function unknownAgent(name: string, known: readonly string[]): StepResult {
  return failure("unknown_agent", `there is no agent "${name}". Known agents: ${known.join(", ")}.`);
}

function noEngine(agent: AgentDefinition, engines: ReadonlyMap<string, AgentEngine>): StepResult {
  const names = wanted(agent);
  const ways = names.includes("human") ? [] : ["add `human` to the agent's engines"];
  // A model that is configured and still not chosen can't do this work.
  if (names.includes("model") && !engines.has("model")) ways.push("set HISHAMOS_MODEL on the server");
  const here = engines.size === 0 ? "none" : [...engines.keys()].join(", ");
  const work = agent.produces === "pull_request" ? " (it opens a pull request)" : "";
  return failure(
    "no_engine",
    `agent "${agent.name}"${work} can use ${names.join(", ")}; configured on this server: ${here}. ` +
      `Way out: ${ways.length > 0 ? ways.join(", or ") : "configure one of them"}.`,
  );
}
