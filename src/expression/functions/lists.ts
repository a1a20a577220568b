import { isTrue } from "../../core/expression.ts";
import { isObject, type Json } from "../../core/json.ts";
import { Fault } from "../problems.ts";
import { entry, equal, isList, items, type Ordering, ordered } from "../values.ts";
import type { Work } from "../work.ts";
import { listOrNull, text, wrong } from "./arguments.ts";
import type { FunctionRecord } from "./record.ts";

const comparisons = ["==", "!=", "<", "<=", ">", ">="] as const;

/** Which items a call of where, any or all speaks of: (list, path?, operator?, value?). */
function tester(name: string, args: readonly Json[], work: Work): (item: Json) => boolean {
  if (args.length === 1) return isTrue;
  const path = text(args, 1, name).split(".");
  const reach = (item: Json): Json => {
    work.charge(path.length);
    return path.reduce(entry, item);
  };
  if (args.length === 2) return (item) => isTrue(reach(item));
  const operator = args.length === 3 ? "==" : comparison(args[2] ?? null, name);
  const value = args.at(-1) ?? null;
  if (operator === "==") return (item) => equal(reach(item), value, work);
  if (operator === "!=") return (item) => !equal(reach(item), value, work);
  return (item) => ordered(operator, reach(item), value, work);
}

function comparison(value: Json, name: string): "==" | "!=" | Ordering {
  const found = comparisons.find((each) => each === value);
  if (found === undefined) throw new Fault("argument", `${name} compares by ${comparisons.join(" ")} only`);
  return found;
}

function selecting(name: string, does: string, select: FunctionRecord["call"]): FunctionRecord {
  return {
    name,
    minArgs: name === "where" ? 2 : 1,
    maxArgs: 4,
    signature: `${name}(list, path${name === "where" ? "" : "?"}, operator?, value?)`,
    description: `${does} (list, "user.login", "mona") compares for equality, (list, "severity", ">", 3) by the operator, (list, "draft") asks for true.`,
    call: select,
    check: (args) => {
      const operator = args[2];
      if (args.length === 4 && operator !== undefined) comparison(operator, name);
    },
  };
}

/** The list's items that fit; a missing list has none. */
function fitting(name: string, args: readonly Json[], work: Work): readonly Json[] {
  const list = listOrNull(args, 0, name) ?? [];
  work.charge(list.length);
  return list.filter(tester(name, args, work));
}

function length(value: Json, work: Work): Json {
  if (value === null) return 0;
  if (typeof value === "string" || isList(value)) return value.length;
  if (isObject(value)) return work.list(Object.keys(value)).length;
  throw wrong(value, 0, "length", "text, a list or an object");
}

function objectOf(args: readonly Json[], name: string): Json {
  const value = args[0] ?? null;
  if (value !== null && !isObject(value)) throw wrong(value, 0, name, "an object");
  return value;
}

const one = { minArgs: 1, maxArgs: 1 };

export const listFunctions: readonly FunctionRecord[] = [
  selecting("where", "The items that fit.", (args, work) => work.list(fitting("where", args, work))),
  selecting(
    "any",
    "Whether an item fits; false for a missing list.",
    (args, work) => fitting("any", args, work).length > 0,
  ),
  selecting(
    "all",
    "Whether every item fits: true for an empty list, false for a missing one.",
    (args, work) => isList(args[0]) && fitting("all", args, work).length === args[0].length,
  ),
  {
    ...one,
    name: "first",
    signature: "first(list)",
    description: "The first item, or null.",
    call: (args) => listOrNull(args, 0, "first")?.[0] ?? null,
  },
  {
    ...one,
    name: "last",
    signature: "last(list)",
    description: "The last item, or null.",
    call: (args) => listOrNull(args, 0, "last")?.at(-1) ?? null,
  },
  {
    ...one,
    name: "length",
    signature: "length(value)",
    description: "Characters (UTF-16) of a text, items of a list, keys of an object; 0 for a missing value.",
    call: ([value = null], work) => length(value, work),
  },
  {
    ...one,
    name: "keys",
    signature: "keys(object)",
    description: "The object's keys in order; none for a missing one.",
    call: (args, work) => work.list(Object.keys(objectOf(args, "keys") ?? {})),
  },
  {
    ...one,
    name: "values",
    signature: "values(object)",
    description: "The object's values in order; none for a missing one.",
    call: (args, work) => work.list(items(objectOf(args, "values"))),
  },
  {
    name: "default",
    minArgs: 2,
    maxArgs: 2,
    signature: "default(value, fallback)",
    description:
      "The value, or the fallback where it is null or missing. (`||` also replaces false, 0 and empty text.)",
    call: ([value = null, fallback = null]) => value ?? fallback,
  },
];
