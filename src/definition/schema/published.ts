import type { Schema } from "./parts.ts";
import { agentSchema, configSchema, usingSchema, workflowSchema } from "./workflow.ts";

const dialect = "http://json-schema.org/draft-07/schema#";

/** The schemas as editors take them, by their file's name. `events`: GitHub's webhook events with their actions. */
export function publishedSchemas(
  events: ReadonlyMap<string, readonly string[]>,
  tests: Schema,
): ReadonlyMap<string, Schema> {
  const using = withEvents(body(usingSchema), events);
  const own = withEvents(body(workflowSchema), events);
  const definitions = {
    ...(workflowSchema["$defs"] as Schema),
    own,
    using,
    workflow: choice({ required: ["uses"] }, { $ref: "#/$defs/using" }, { $ref: "#/$defs/own" }),
  };
  const agent = { ...(agentSchema["$defs"] as Schema), agent_file: body(agentSchema) };
  return new Map(
    Object.entries({
      "workflow.json": {
        ...head("workflow", "A workflow of HishamOS (.hishamos/*.yml)"),
        ...wrapped("workflow", "#/$defs/workflow"),
        $defs: definitions,
      },
      "agent.json": {
        ...head("agent", "An agent of HishamOS (.hishamos/agents/*.yml)"),
        ...wrapped("agent", "#/$defs/agent_file"),
        $defs: agent,
      },
      "config.json": {
        ...head("config", "The settings of HishamOS (.hishamos/config.yml)"),
        ...body(configSchema),
      },
      "tests.json": {
        ...head("tests", "Tests of workflows of HishamOS (.hishamos/tests/*.yml)"),
        ...body(tests),
        $defs: tests["$defs"],
      },
    }).map(([name, schema]) => [name, mapSchema(schema, ["spot", "expects"])] as const),
  );
}

function head(name: string, title: string): Schema {
  return { $schema: dialect, $id: `urn:hishamos:schema:${name}`, title };
}

/** With or without the key that a file's content may stand under. */
function wrapped(key: string, reference: string): Schema {
  const inside = {
    properties: { [key]: { $ref: reference, description: "The content." } },
    additionalProperties: false,
  };
  const isWrapped = { required: [key], properties: { [key]: { type: "object" } } };
  return { type: "object", ...choice(isWrapped, inside, { $ref: reference }) };
}

function choice(test: Schema, yes: Schema, no: Schema): Schema {
  return Object.fromEntries([
    ["if", test],
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    ["then", yes],
    ["else", no],
  ]);
}

function body(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "$id" && key !== "$defs"));
}

/** Events by name, so that editors complete them and their types. */
function withEvents(schema: Schema, events: ReadonlyMap<string, readonly string[]>): Schema {
  const properties = schema["properties"] as Schema;
  const on = properties["on"] as Schema;
  const byName = [...events].map(([event, types]) => {
    const start = types.length === 0 ? "" : ` Types: ${types.join(", ")}.`;
    return [event, { $ref: "#/$defs/trigger", description: `The webhook event ${event}.${start}` }] as const;
  });
  const triggers = { ...(on["properties"] as Schema), ...Object.fromEntries(byName) };
  return { ...schema, properties: { ...properties, on: { ...on, properties: triggers } } };
}

const ofSchemas = ["properties", "$defs"];
const ofOne = ["items", "additionalProperties", "if", "then", "else"];

/** The schema without these keywords, at every depth; the names of properties are left alone. */
export function mapSchema(schema: Schema, without: readonly string[]): Schema {
  const entries = Object.entries(schema).filter(([keyword]) => !without.includes(keyword));
  const inner = (value: unknown): unknown =>
    typeof value === "object" && value !== null ? mapSchema(value as Schema, without) : value;
  return Object.fromEntries(
    entries.map(([keyword, value]) => {
      if (ofOne.includes(keyword)) return [keyword, inner(value)];
      if (!ofSchemas.includes(keyword)) return [keyword, value];
      return [
        keyword,
        Object.fromEntries(Object.entries(value as Schema).map(([name, each]) => [name, inner(each)])),
      ];
    }),
  );
}
