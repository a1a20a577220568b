import type { Json } from "../../core/json.ts";
import { isList } from "../values.ts";
import type { Work } from "../work.ts";
import { number, whole, wrong } from "./arguments.ts";
import type { FunctionRecord } from "./record.ts";

function extreme(name: "min" | "max", word: string): FunctionRecord {
  return {
    name,
    minArgs: 1,
    maxArgs: 20,
    signature: `${name}(number…) or ${name}(list)`,
    description: `The ${word} of the numbers, or of a list of numbers; null for an empty list.`,
    call: (args, work) => pick(name, args, work),
  };
}

function pick(name: "min" | "max", args: readonly Json[], work: Work): Json {
  const [first = null] = args;
  const list = args.length === 1 && isList(first) ? first : args;
  work.charge(list.length);
  let found: number | null = null;
  for (const [index, value] of list.entries()) {
    if (typeof value !== "number") throw wrong(value, list === args ? index : 0, name, "numbers");
    if (found === null || (name === "min" ? value < found : value > found)) found = value;
  }
  return found;
}

function round(args: readonly Json[]): Json {
  const value = number(args, 0, "round");
  const digits = whole(args, 1, "round", { from: 0, to: 10, fallback: 0 });
  // Decimal notation moves the point exactly where multiplying by 10 ** digits would not: 1.005.
  const [mantissa, exponent = "0"] = String(Math.abs(value)).split("e");
  const shifted = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`));
  if (!Number.isFinite(shifted)) return value;
  const [whole10, exponent10 = "0"] = String(shifted).split("e");
  return Math.sign(value) * Number(`${whole10}e${Number(exponent10) - digits}`) + 0;
}

export const numberFunctions: readonly FunctionRecord[] = [
  extreme("min", "least"),
  extreme("max", "greatest"),
  {
    name: "round",
    minArgs: 1,
    maxArgs: 2,
    signature: "round(number, digits?)",
    description:
      "The number rounded to whole ones, or to this many decimal digits (at most 10); halves away from zero.",
    call: round,
  },
];
