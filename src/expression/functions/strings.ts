import type { Json } from "../../core/json.ts";
import { limits } from "../limits.ts";
import { Fault } from "../problems.ts";
import { contains, textOf } from "../values.ts";
import type { Work } from "../work.ts";
import { listOrNull, text, textOrNull } from "./arguments.ts";
import type { FunctionRecord } from "./record.ts";

/** Text in, text out; a missing text stays missing. */
function mapping(name: string, does: string, map: (text: string) => string): FunctionRecord {
  return {
    name,
    minArgs: 1,
    maxArgs: 1,
    signature: `${name}(text)`,
    description: `${does} A missing text stays missing.`,
    call: (args, work) => {
      const given = textOrNull(args, 0, name);
      if (given === null) return null;
      work.textOf(given.length);
      return work.text(map(given));
    },
  };
}

/** Compares two texts; a missing one is false. Upper and lower case differ, as in ==. */
function testing(name: string, does: string, test: (text: string, part: string) => boolean): FunctionRecord {
  return {
    name,
    minArgs: 2,
    maxArgs: 2,
    signature: `${name}(text, part)`,
    description: `${does} Upper and lower case differ; a missing text is false.`,
    call: (args) => {
      const given = textOrNull(args, 0, name);
      const part = textOrNull(args, 1, name);
      return given !== null && part !== null && test(given, part);
    },
  };
}

const placeholder = /\{(\d{1,9})\}/g;

function checkPlaceholders(pattern: string, values: number): void {
  for (const found of pattern.matchAll(placeholder)) {
    if (Number(found[1]) < values) continue;
    throw new Fault("format", `format has no value for ${found[0]}: it was given ${values}`);
  }
}

function format(args: readonly Json[], work: Work): Json {
  const pattern = text(args, 0, "format");
  const values = args.slice(1);
  work.textOf(pattern.length);
  checkPlaceholders(pattern, values.length);
  const written = pattern.replace(placeholder, (_, index: string) => {
    const value = textOf(values[Number(index)] ?? null, work);
    work.textOf(value.length);
    return value;
  });
  return work.text(written);
}

function join(args: readonly Json[], work: Work): Json {
  const list = listOrNull(args, 0, "join") ?? [];
  const separator = args.length > 1 ? text(args, 1, "join") : ",";
  work.charge(list.length * (separator.length + 1));
  const texts = list.map((item) => textOf(item, work));
  work.textOf(texts.reduce((sum, each) => sum + each.length + separator.length, 0));
  return texts.join(separator);
}

function split(args: readonly Json[], work: Work): Json {
  const given = textOrNull(args, 0, "split");
  const separator = text(args, 1, "split");
  if (given === null || given === "") return [];
  if (separator === "") throw new Fault("argument", "split needs a separator that is not empty");
  work.charge(given.length);
  return work.list(given.split(separator, limits.listLength + 1));
}

export const stringFunctions: readonly FunctionRecord[] = [
  {
    name: "contains",
    minArgs: 2,
    maxArgs: 2,
    signature: "contains(search, item)",
    description:
      "Whether a text holds a text, a list holds an equal item, or an object has a key. Upper and lower case differ; nothing is in a missing value. `item in search` is the same.",
    call: ([search = null, item = null], work) => contains(search, item, work),
  },
  testing("startsWith", "Whether the text begins with the part.", (given, part) => given.startsWith(part)),
  testing("endsWith", "Whether the text ends with the part.", (given, part) => given.endsWith(part)),
  mapping("lower", "The text in lower case.", (given) => given.toLowerCase()),
  mapping("upper", "The text in upper case.", (given) => given.toUpperCase()),
  mapping("trim", "The text without white space at its ends.", (given) => given.trim()),
  {
    name: "join",
    minArgs: 1,
    maxArgs: 2,
    signature: "join(list, separator?)",
    description: "The items as one text, with the separator (a comma if not given) between them.",
    call: join,
  },
  {
    name: "split",
    minArgs: 2,
    maxArgs: 2,
    signature: "split(text, separator)",
    description: "The parts of a text between the separators; a missing or empty text has none.",
    call: split,
  },
  {
    name: "format",
    minArgs: 1,
    maxArgs: 20,
    signature: "format(text, value…)",
    description:
      "The text with {0}, {1} … replaced by the values: null is empty, lists and objects are JSON. Other braces stay.",
    call: format,
    check: ([pattern, ...values]) => {
      if (typeof pattern === "string") checkPlaceholders(pattern, values.length);
    },
  },
];
