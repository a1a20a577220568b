import type { AgentDefinition, Step, Workflow } from "../core/workflow.ts";
import { mayHavePullRequest } from "./actions/index.ts";
import { type Agents, agentsOf } from "./agent-files.ts";
import { readAgent } from "./agents.ts";
import type { Children } from "./children.ts";
import { readCommands } from "./deciders.ts";
import { Expressions } from "./expressions.ts";
import { readInputs } from "./inputs.ts";
import { readCancelOn, readConcurrency, readLimits, readPermissions, readReport } from "./options.ts";
import { outlineOf } from "./outline.ts";
import { stemOf } from "./paths.ts";
import type { Problems } from "./problems.ts";
import { checkInputReads, checkLoopVariables, checkShadows, checkStepReads } from "./references.ts";
import { noRetry, readDuration, readRetry } from "./retry.ts";
import { checkRootReads } from "./root-reads.ts";
import { type ListFrame, Sites } from "./sites.ts";
import type { StepContext } from "./step-context.ts";
import { readList } from "./steps.ts";
import { child, type MapTree, mapOf, oneOf, textOf } from "./tree.ts";
import { checkCommandArguments, readTriggers, withOutsiders } from "./triggers.ts";

/** What a workflow is read with besides its text. */
export interface About {
  readonly path: string;
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly files: ReadonlyMap<string, string>;
}

/** All of a workflow but its hash, which depends on the files that reading it used. */
export interface ReadWorkflow {
  readonly workflow: Omit<Workflow, "hash">;
  /** The agents' files that were used. */
  readonly files: ReadonlyMap<string, string>;
  readonly outputs: readonly string[];
}

/** Reads the whole map; with problems told, the result has gaps and is not to be used. */
export function readWorkflow(
  map: MapTree,
  about: About,
  children: Children,
  problems: Problems,
): ReadWorkflow {
  const outline = outlineOf(map);
  const expressions = new Expressions(problems, outline.loopNames);
  const sites = new Sites();
  const name = textOf(child(map, "name")) ?? "";
  const agents = readAgents(map, about, problems);
  const triggers = readTriggers(child(map, "on"), expressions, problems);
  const listed = readInputs(child(map, "inputs"), expressions, problems);
  const permissions = readPermissions(child(map, "permissions"), problems);
  const context: StepContext = {
    problems,
    expressions,
    agents,
    children,
    outline,
    sites,
    actions: {
      permissions: { granted: permissions, place: map.entries.get("permissions")?.key ?? null },
      pullRequest: mayHavePullRequest(map),
    },
    defaults: readDefaults(map, problems),
  };
  const concurrency = readConcurrency(child(map, "concurrency"), expressions);
  const steps = readList(child(map, "steps"), topFrame, context);
  const last = child(map, "finally") && readList(child(map, "finally"), finallyFrame, context);
  const outputs = expressions.optionalTemplate(child(map, "outputs"), "outputs");
  const references = {
    sites,
    top: topFrame,
    outline,
    problems,
    agents: agents.known,
    children: children.known,
  };
  checkShadows(references);
  checkLoopVariables(expressions.uses, references);
  checkStepReads(expressions.uses, references);
  checkRootReads(expressions.uses, problems);
  const inputs = checkInputReads(expressions.uses, listed, problems);
  checkCommandArguments(child(map, "on"), inputs, problems);
  const work = { steps, finally: last ?? null, children: children.known };
  return {
    workflow: {
      name,
      stem: stemOf(about.path),
      version: textOf(child(map, "version")) ?? null,
      description: textOf(child(map, "description")) ?? null,
      status: oneOf(child(map, "status"), ["draft", "active"] as const) ?? "active",
      path: about.path,
      triggers: withOutsiders(triggers, work),
      inputs,
      permissions,
      concurrency,
      cancelOn: readCancelOn(child(map, "cancel_on"), problems),
      report: readReport(child(map, "report"), name),
      limits: readLimits(child(map, "limits"), problems),
      commands: readCommands(child(map, "commands"), problems),
      agents: agents.known,
      ...work,
      outputs,
      readsFiles: expressions.readsFiles || [...children.known.values()].some(({ readsFiles }) => readsFiles),
    },
    files: agents.files,
    outputs: [...(mapOf(child(map, "outputs"))?.entries.keys() ?? [])],
  };
}

const outermost = { around: null, loops: [] } as const;
const topFrame: ListFrame = { ...outermost, kind: "top", earlier: null, inFinally: false };
const finallyFrame: ListFrame = { ...outermost, kind: "finally", earlier: topFrame, inFinally: true };

function readAgents(map: MapTree, about: About, problems: Problems): Agents {
  const entries = [...(mapOf(child(map, "agents"))?.entries ?? [])];
  const own = new Map(entries.map(([name, { value }]) => [name, readAgent(name, value, problems)]));
  return agentsOf(own, about.agents, about.files);
}

function readDefaults(map: MapTree, problems: Problems): Pick<Step, "retry" | "timeoutMs"> {
  const defaults = child(map, "defaults");
  const retry = child(defaults, "retry");
  const timeout = child(defaults, "timeout");
  return {
    retry: retry ? readRetry(retry, problems) : noRetry,
    timeoutMs: timeout ? readDuration(timeout, problems) : null,
  };
}
