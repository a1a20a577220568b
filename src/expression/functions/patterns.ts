import type { Json } from "../../core/json.ts";
import { compileGlob } from "../pattern/glob.ts";
import { finds, type Matcher } from "../pattern/matcher.ts";
import { compileRegex } from "../pattern/regex.ts";
import { Fault } from "../problems.ts";
import type { Work } from "../work.ts";
import { text, textOrNull } from "./arguments.ts";
import type { FunctionRecord } from "./record.ts";

function search(given: string | null, matcher: Matcher, work: Work): Json {
  if (given === null) return false;
  return finds(matcher, given, (units) => work.charge(units));
}

function flags(value: Json | undefined): boolean {
  if (value === undefined || value === "") return false;
  if (value === "i") return true;
  throw new Fault("argument", 'matches takes only "i" (upper and lower case are the same) as argument 3');
}

export const patternFunctions: readonly FunctionRecord[] = [
  {
    name: "glob",
    minArgs: 2,
    maxArgs: 2,
    signature: "glob(text, pattern)",
    description:
      "Whether the whole text fits a filter pattern as `branches` and `paths` take them: * but no slash, **, [a-z], ? and + after what they repeat.",
    call: (args, work) => search(textOrNull(args, 0, "glob"), compileGlob(text(args, 1, "glob")), work),
    check: ([, pattern]) => {
      if (typeof pattern === "string") compileGlob(pattern);
    },
  },
  {
    name: "matches",
    minArgs: 2,
    maxArgs: 3,
    signature: 'matches(text, pattern, "i"?)',
    description:
      "Whether a regular expression is found in the text, in linear time: no backreferences and no lookaround. Backslashes are written twice.",
    call: (args, work) => {
      const matcher = compileRegex(text(args, 1, "matches"), flags(args[2]));
      return search(textOrNull(args, 0, "matches"), matcher, work);
    },
    check: ([, pattern, flag]) => {
      flags(flag);
      if (typeof pattern === "string") compileRegex(pattern, false);
    },
  },
];
