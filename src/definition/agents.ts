import { Ajv } from "ajv";
import { durationMs } from "../core/duration.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import type { Problems } from "./problems.ts";
import { child, numberOf, oneOf, type Tree, textOf, textsOf, toJson } from "./tree.ts";
import { readWords } from "./words.ts";

const engines = ["model", "human", "actions", "copilot", "http"] as const;

/** Reads an agent's keys; what the schema has told already is left out in silence. */
export function readAgent(name: string, tree: Tree, problems: Problems): AgentDefinition {
  const limits = child(tree, "limits");
  const timeout = textOf(child(limits, "timeout"));
  return {
    name,
    engines: readWords(child(tree, "engine"), engines, "an engine", problems),
    instructions: textOf(child(tree, "instructions")) ?? "",
    outputSchema: readSchema(child(tree, "output_schema"), problems),
    produces: oneOf(child(tree, "produces"), ["pull_request"] as const) ?? null,
    tools: textsOf(child(tree, "tools")),
    limits: {
      tokens: numberOf(child(limits, "tokens")) ?? null,
      costUsd: numberOf(child(limits, "cost_usd")) ?? null,
      timeoutMs: timeout === undefined ? null : durationMs(timeout),
      steps: numberOf(child(limits, "steps")) ?? null,
    },
  };
}

/** A JSON Schema, checked against the meta-schema of draft 07. */
export function readSchema(tree: Tree | undefined, problems: Problems): JsonObject | null {
  if (tree?.type !== "map") return null;
  const schema = toJson(tree);
  if (!isObject(schema)) return null;
  const error = schemaError(schema);
  if (error !== null) problems.add("outputSchema", tree, `this is not a JSON Schema: ${error}`);
  return schema;
}

let metaValidator: Ajv | undefined;

function schemaError(schema: JsonObject): string | null {
  // The dialect is always ours, so that a schema naming another one can't ask for it.
  const { $schema: _, ...keywords } = schema;
  metaValidator ??= new Ajv({ strict: false, logger: false });
  if (metaValidator.validateSchema(keywords) === true) return null;
  const [first] = metaValidator.errors ?? [];
  const where = first?.instancePath.replaceAll("/", ".").slice(1);
  return `${where ? `${where} ` : ""}${first?.message ?? "it does not follow draft 07"}`;
}
