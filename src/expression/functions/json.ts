import type { Json } from "../../core/json.ts";
import { limits } from "../limits.ts";
import { Fault } from "../problems.ts";
import { items, jsonOf, tooDeep } from "../values.ts";
import type { Work } from "../work.ts";
import { textOrNull, whole } from "./arguments.ts";
import type { FunctionRecord } from "./record.ts";

function fromJson(args: readonly Json[], work: Work): Json {
  const text = textOrNull(args, 0, "fromJSON");
  if (text === null) return null;
  work.textOf(text.length);
  const value = parse(text);
  checkRead(value);
  return value;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) throw new Fault("json", "fromJSON was given text that is no JSON");
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
}

/** JSON.parse reads 1e999 as Infinity, and any depth; neither may go on. */
function checkRead(value: Json): void {
  const open: { readonly value: Json; readonly depth: number }[] = [{ value, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: current, depth } = next;
    if (typeof current === "number" && !Number.isFinite(current)) {
      throw new Fault("arithmetic", "fromJSON was given a number that is too large");
    }
    if (typeof current !== "object" || current === null) continue;
    if (depth > limits.valueDepth) throw tooDeep();
    for (const item of items(current)) open.push({ value: item, depth: depth + 1 });
  }
}

export const jsonFunctions: readonly FunctionRecord[] = [
  {
    name: "toJSON",
    minArgs: 1,
    maxArgs: 2,
    signature: "toJSON(value, indent?)",
    description: "The value as JSON text: compact, or indented by this many spaces (at most 10).",
    call: (args, work) => {
      const indent = whole(args, 1, "toJSON", { from: 0, to: 10, fallback: 0 });
      return work.text(jsonOf(args[0] ?? null, work, indent));
    },
  },
  {
    name: "fromJSON",
    minArgs: 1,
    maxArgs: 1,
    signature: "fromJSON(text)",
    description: "The value that JSON text holds; a missing text stays missing.",
    call: fromJson,
    check: ([text]) => {
      if (typeof text === "string") parse(text);
    },
  },
];
