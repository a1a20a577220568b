import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { durationMs } from "../core/duration.ts";
import { isObject, type Json, type JsonObject, own } from "../core/json.ts";
import type { AgentDefinition } from "../core/workflow.ts";

const folder = new URL("./roles/", import.meta.url);
const keys = new Set(["name", "engine", "instructions", "output_schema", "produces", "tools", "limits"]);

let shipped: ReadonlyMap<string, AgentDefinition> | null = null;
/** One for all roles: compiling JSON Schema's own schema takes longer than all else that is done with a role. */
const ajv = new Ajv({ strict: true });

/**
 * The roles that ship, by name, read once from the files beside this module. A file that is wrong is a bug of ours and
 * thrown with its name.
 */
export function shippedRoles(): ReadonlyMap<string, AgentDefinition> {
  shipped ??= readRoles();
  return shipped;
}

function readRoles(): ReadonlyMap<string, AgentDefinition> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".yml"));
  return new Map(
    files.toSorted().map((file) => {
      const role = readRole(file, readFileSync(new URL(file, folder), "utf8"));
      return [role.name, role];
    }),
  );
}

/** Throws where the text is not a role of this name; only for files that ship. */
export function readRole(file: string, text: string): AgentDefinition {
  const fail = (what: string): never => {
    throw new Error(`roles/${file}: ${what}`);
  };
  const document = parse(text) as Json;
  const agent = isObject(document) ? own(document, "agent") : undefined;
  if (!isObject(agent)) return fail("agent: is missing");
  const unknown = Object.keys(agent).find((key) => !keys.has(key));
  if (unknown !== undefined) return fail(`unknown key ${unknown}`);
  const name = own(agent, "name");
  if (name !== file.replace(/\.yml$/, "")) return fail("name must be the file's");
  const instructions = own(agent, "instructions");
  if (typeof instructions !== "string" || instructions.trim() === "") return fail("instructions are missing");
  const produces = own(agent, "produces") ?? null;
  if (produces !== null && produces !== "pull_request") return fail("produces is wrong");
  const outputSchema = own(agent, "output_schema") ?? null;
  if (outputSchema !== null && !isObject(outputSchema)) return fail("output_schema must be a map");
  if (outputSchema !== null) ajv.compile(outputSchema);
  return {
    name,
    engines: texts(own(agent, "engine")) ?? fail("engine must be text or a list"),
    instructions,
    outputSchema,
    produces,
    tools: texts(own(agent, "tools")) ?? fail("tools must be a list"),
    limits: readLimits(own(agent, "limits")) ?? fail("limits are wrong"),
  };
}

function texts(value: Json | undefined): readonly string[] | null {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const found = list.filter((one) => typeof one === "string");
  return found.length === list.length ? found : null;
}

function readLimits(value: Json | undefined): AgentDefinition["limits"] | null {
  const limits: JsonObject = isObject(value) ? value : {};
  const tokens = own(limits, "tokens") ?? null;
  const steps = own(limits, "steps") ?? null;
  const timeout = own(limits, "timeout") ?? null;
  const timeoutMs = timeout === null ? null : durationMs(timeout);
  if ((tokens !== null && typeof tokens !== "number") || (steps !== null && typeof steps !== "number"))
    return null;
  if (timeout !== null && timeoutMs === null) return null;
  const costUsd = own(limits, "cost_usd") ?? null;
  if (costUsd !== null && typeof costUsd !== "number") return null;
  return { tokens, costUsd, timeoutMs, steps };
}
