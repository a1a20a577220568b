import { isObject, type Json, type JsonObject, own } from "../core/json.ts";
import { unreachable } from "../core/problem.ts";
import type { SafeOutput } from "../core/workflow.ts";
import type { SafeRequest } from "../engine/ports/index.ts";
import { readOutput } from "./output.ts";

export type Answer =
  | { readonly result: "valid"; readonly output: Json; readonly requests: readonly SafeRequest[] }
  /** `refused`: it asks for what the step does not allow. */
  | { readonly result: "invalid" | "refused"; readonly errors: readonly string[] }
  /** The agent's schema can't be used. */
  | { readonly result: "unusable"; readonly reason: string };

/** The form of a model's answer: what it is told and sent, and how the answer is read. */
export interface AnswerForm {
  /** JSON Schema of the whole answer; null for plain text. */
  readonly schema: JsonObject | null;
  /** What the model is told about `safe_outputs`, or null. */
  readonly explanation: string | null;
  read(text: string): Answer;
}

const key = "safe_outputs";

/** The agent's `output_schema`, with the requests that the step allows beside it; `{ text }` where there is none. */
export function answerFormOf(outputSchema: JsonObject | null, allowed: readonly SafeOutput[]): AnswerForm {
  if (allowed.length === 0) {
    return {
      schema: outputSchema,
      explanation: null,
      read: (text) =>
        outputSchema === null ? readText(text) : withoutRequests(readOutput(text, outputSchema)),
    };
  }
  const schema = outputSchema ?? textSchema;
  return {
    schema: withRequests(schema, allowed),
    explanation: explain(allowed),
    read: (text) => readBoth(text, schema, allowed),
  };
}

const textSchema: JsonObject = {
  type: "object",
  additionalProperties: false,
  required: ["text"],
  properties: { text: { type: "string" } },
};

function readText(text: string): Answer {
  if (text.trim() === "") return { result: "invalid", errors: ["it is empty"] };
  return { result: "valid", output: { text }, requests: [] };
}

function withoutRequests(read: ReturnType<typeof readOutput>): Answer {
  return read.result === "valid" ? { result: "valid", output: read.value, requests: [] } : read;
}

/** Both parts are checked for themselves: what stands beside the output is none of the agent's schema's business. */
function readBoth(text: string, schema: JsonObject, allowed: readonly SafeOutput[]): Answer {
  if (!takesMore(schema)) {
    const reason = `with ${key} it must be of type object and have no property ${key} of its own`;
    return { result: "unusable", reason };
  }
  const whole = readOutput(text, {});
  if (whole.result !== "valid") return withoutRequests(whole);
  if (!isObject(whole.value)) return { result: "invalid", errors: ["it must be object"] };
  const { [key]: asked = [], ...rest } = whole.value;
  const output = readOutput(JSON.stringify(rest), schema);
  if (output.result !== "valid") return output;
  const requests = readRequests(asked, allowed);
  if ("errors" in requests) return { result: "refused", errors: requests.errors };
  return { result: "valid", output: output.value, requests: requests.requests };
}

function takesMore(schema: JsonObject): boolean {
  const properties = own(schema, "properties");
  if (properties !== undefined && !isObject(properties)) return false;
  return own(schema, "type") === "object" && own(properties ?? {}, key) === undefined;
}

function withRequests(schema: JsonObject, allowed: readonly SafeOutput[]): JsonObject {
  const properties = own(schema, "properties");
  const required = own(schema, "required");
  return {
    ...schema,
    required: [...(Array.isArray(required) ? required : []), key],
    properties: {
      ...(isObject(properties) ? properties : {}),
      [key]: { type: "array", items: { anyOf: allowed.map(schemaOf) } },
    },
  };
}

const text: JsonObject = { type: "string" };

function schemaOf({ type, allowed }: SafeOutput): JsonObject {
  switch (type) {
    case "comment":
      return request(type, { body: text });
    case "labels":
      return request(type, {
        add: { type: "array", items: allowed.length > 0 ? { type: "string", enum: [...allowed] } : text },
      });
    case "issue":
      return request(type, { title: text, body: text });
    default:
      return unreachable(type);
  }
}

function request(type: SafeOutput["type"], properties: JsonObject): JsonObject {
  return {
    type: "object",
    additionalProperties: false,
    required: ["type", ...Object.keys(properties)],
    properties: { type: { type: "string", enum: [type] }, ...properties },
  };
}

function explain(allowed: readonly SafeOutput[]): string {
  const kinds = allowed.map(({ type, max, allowed: labels }) => {
    switch (type) {
      case "comment":
        return `comments on the issue or pull request (at most ${max})`;
      case "labels":
        return `labels on it (at most ${max}${labels.length > 0 ? `, of ${labels.join(", ")}` : ""})`;
      case "issue":
        return `new issues (at most ${max})`;
      default:
        return unreachable(type);
    }
  });
  return (
    `You change nothing yourself. What you ask for in ${key} is done for you after your answer: ${kinds.join("; ")}. ` +
    "Leave the list empty where nothing is to be done."
  );
}

type Requests = { readonly requests: readonly SafeRequest[] } | { readonly errors: readonly string[] };

const mostErrors = 10;

function readRequests(asked: Json, allowed: readonly SafeOutput[]): Requests {
  if (!Array.isArray(asked)) return { errors: [`${key} must be array`] };
  const read = asked.map((one: Json, index) => readRequest(one, allowed, `${key}.${index}`));
  const requests = read.filter((one) => typeof one !== "string");
  const errors = [...read.filter((one) => typeof one === "string"), ...tooMany(requests, allowed)];
  return errors.length > 0 ? { errors: errors.slice(0, mostErrors) } : { requests };
}

/** The request, or what is wrong with it. */
function readRequest(asked: Json, allowed: readonly SafeOutput[], place: string): SafeRequest | string {
  if (!isObject(asked)) return `${place} must be object`;
  const type = own(asked, "type");
  const rule = allowed.find((one) => one.type === type);
  if (rule === undefined) return `${place}.type must be one of ${allowed.map((one) => one.type).join(", ")}`;
  const texts = (name: string) => {
    const value = own(asked, name);
    return typeof value === "string" && value.trim() !== "" ? value : null;
  };
  const body = texts("body");
  const title = texts("title");
  switch (rule.type) {
    case "comment":
      return body === null ? `${place}.body must be a text` : { type: "comment", body };
    case "issue":
      if (title === null) return `${place}.title must be a text`;
      return body === null ? `${place}.body must be a text` : { type: "issue", title, body };
    case "labels":
      return readLabels(own(asked, "add"), rule, place);
    default:
      return unreachable(rule.type);
  }
}

/** GitHub's label names ignore case and have at most 50 characters. */
function readLabels(add: Json | undefined, rule: SafeOutput, place: string): SafeRequest | string {
  const names = Array.isArray(add) ? add.filter((name): name is string => typeof name === "string") : [];
  if (!Array.isArray(add) || names.length < add.length || names.length === 0) {
    return `${place}.add must be a list of labels`;
  }
  if (!names.every((name) => name.trim() !== "" && name.length <= 50)) {
    return `${place}.add: a label has 1 to 50 characters`;
  }
  const known = new Map(rule.allowed.map((name) => [name.toLowerCase(), name]));
  if (known.size === 0) return { type: "labels", add: names };
  if (!names.every((name) => known.has(name.toLowerCase()))) {
    return `${place}.add must be one of ${rule.allowed.join(", ")}`;
  }
  return { type: "labels", add: names.map((name) => known.get(name.toLowerCase()) ?? name) };
}

/** Of labels each one counts. */
function tooMany(requests: readonly SafeRequest[], allowed: readonly SafeOutput[]): readonly string[] {
  return allowed.flatMap(({ type, max }) => {
    const counts = requests.map((one) =>
      one.type !== type ? 0 : one.type === "labels" ? one.add.length : 1,
    );
    const count = counts.reduce((sum, one) => sum + one, 0);
    return count > max ? [`${key} asks for ${count} of type ${type}, and ${max} may be asked for`] : [];
  });
}
