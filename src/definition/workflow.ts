import type { JsonObject } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import {
  type AgentDefinition,
  defaultMaxSteps,
  type InputDefinition,
  type ReportOptions,
  type Workflow,
} from "../core/workflow.ts";
import { mayHavePullRequest } from "./actions/index.ts";
import { readAgent, readSchema } from "./agents.ts";
import { appPermissions } from "./catalogue.generated.ts";
import { Expressions } from "./expressions.ts";
import { buildGraph } from "./graph.ts";
import { short } from "./limits.ts";
import type { Problems } from "./problems.ts";
import { checkInputReads, checkStepReads } from "./references.ts";
import { noRetry, readDuration, readRetry } from "./retry.ts";
import { shippedRoles } from "./roles.ts";
import { readSteps } from "./steps.ts";
import { booleanOf, child, type MapTree, mapOf, oneOf, type Tree, textOf, toJson } from "./tree.ts";
import { readTriggers } from "./triggers.ts";
import { readWords } from "./words.ts";

/** Reads the whole map; with problems told, the result has gaps and is not to be used. */
export function readWorkflow(
  map: MapTree,
  about: {
    readonly path: string;
    readonly hash: string;
    readonly agents: ReadonlyMap<string, AgentDefinition>;
  },
  problems: Problems,
): Workflow {
  const expressions = new Expressions(problems);
  const name = textOf(child(map, "name")) ?? "";
  const ownAgents = [...(mapOf(child(map, "agents"))?.entries ?? [])].map(
    ([key, { value }]) => [key, readAgent(key, value, problems)] as const,
  );
  const agents = new Map([...about.agents, ...ownAgents]);
  const defaults = child(map, "defaults");
  const retry = child(defaults, "retry");
  const timeout = child(defaults, "timeout");
  const limit = child(child(map, "limits"), "timeout");
  const triggers = readTriggers(child(map, "on"), expressions, problems);
  const listed = readInputs(child(map, "inputs"), expressions, problems);
  const permissions = readPermissions(child(map, "permissions"), problems);
  const placed = readSteps(child(map, "steps"), {
    problems,
    expressions,
    agentNames: new Set([...shippedRoles.map((role) => role.name), ...agents.keys()]),
    actions: {
      permissions: { granted: permissions, place: map.entries.get("permissions")?.key ?? null },
      pullRequest: mayHavePullRequest(map),
    },
    defaults: {
      retry: retry ? readRetry(retry, problems) : noRetry,
      timeoutMs: timeout ? readDuration(timeout, problems) : null,
    },
  });
  const outputs = expressions.optionalTemplate(child(map, "outputs"), "outputs");
  const graph = buildGraph(placed, problems);
  const places = new Map(placed.toReversed().map(({ step, place }) => [step.id, place]));
  checkStepReads(expressions.uses, graph, places, problems);
  return {
    name,
    stem: stemOf(about.path),
    version: textOf(child(map, "version")) ?? null,
    description: textOf(child(map, "description")) ?? null,
    status: oneOf(child(map, "status"), ["draft", "active"]) ?? "active",
    path: about.path,
    hash: about.hash,
    triggers,
    inputs: checkInputReads(expressions.uses, listed, problems),
    permissions,
    report: readReport(child(map, "report"), name),
    concurrency: { group: null, onConflict: null },
    cancelOn: ["closed", "unlabeled"],
    limits: {
      timeoutMs: limit ? readDuration(limit, problems) : null,
      maxSteps: defaultMaxSteps,
      tokens: null,
      costUsd: null,
      onBudget: "pause",
    },
    commands: new Map(),
    agents,
    steps: graph.list,
    finally: null,
    outputs,
    children: new Map(),
  };
}

/** The file's name without its ending. */
export function stemOf(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? path).replace(/\.(?:ya?ml|json)$/i, "");
}

const jsonTypes = ["string", "number", "integer", "boolean", "object", "array"] as const;

function readInputs(
  tree: Tree | undefined,
  expressions: Expressions,
  problems: Problems,
): readonly InputDefinition[] | null {
  const map = mapOf(tree);
  if (!map) return null;
  return [...map.entries].map(([name, { value }]) => {
    const given = child(value, "default");
    return {
      name,
      schema: readInputSchema(child(value, "type"), problems),
      from: expressions.condition(child(value, "from"), "trigger"),
      default: given && toJson(given),
      required: booleanOf(child(value, "required")) ?? false,
    };
  });
}

function readInputSchema(tree: Tree | undefined, problems: Problems): JsonObject | null {
  if (tree?.type === "map") return readSchema(tree, problems);
  if (textOf(tree) === undefined) return null;
  const [type] = readWords(tree, jsonTypes, "a JSON Schema type", problems);
  return type === undefined ? null : { type };
}

/** Names with hyphens, as Actions writes them, and with underscores, as Apps do, are the same. */
function readPermissions(tree: Tree | undefined, problems: Problems): Workflow["permissions"] {
  const permissions: Record<string, "read" | "write"> = {};
  for (const [written, { key, value }] of mapOf(tree)?.entries ?? []) {
    const name = written.replaceAll("-", "_");
    const known = appPermissions.get(name);
    if (known === undefined) {
      problems.add("unknownPermission", key, `unknown permission "${short(written)}"`, {
        hint: didYouMean(name, appPermissions.keys()),
      });
      continue;
    }
    if (Object.hasOwn(permissions, name)) {
      problems.add("duplicateKey", key, `the permission "${name}" is here twice`);
      continue;
    }
    // `none` is what every permission has that is not named.
    const [access] = readWords(value, [...known, "none"], `access to ${name}`, problems);
    if (access === "read" || access === "write") permissions[name] = access;
  }
  return permissions;
}

function readReport(tree: Tree | undefined, name: string): ReportOptions {
  const check = textOf(child(tree, "check")) ?? `HishamOS / ${name}`;
  return {
    comment: oneOf(child(tree, "comment"), ["auto", "sticky", "when_asked", "none"]) ?? "auto",
    check: check === "none" ? null : check,
    issue: "auto",
  };
}
