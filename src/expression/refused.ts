import { Fault } from "./problems.ts";

/** What to write instead of an operator that other languages have. */
const instead: Readonly<Record<string, string>> = {
  "===": "Write ==: it never converts.",
  "!==": "Write !=: it never converts.",
  "??": "Write default(value, fallback).",
  "&": "Did you mean &&?",
  "|": "Did you mean ||?",
  "^": "There are no bitwise operators.",
  "~": "There are no bitwise operators.",
  "<<": "There are no bitwise operators.",
  ">>": "There are no bitwise operators.",
  ">>>": "There are no bitwise operators.",
  "**": "There is no power operator; write n * n.",
};

export function refusedOperator(operator: string, offset: number): Fault {
  return new Fault(
    "notInLanguage",
    `the operator "${operator}" is not part of the language`,
    instead[operator],
    offset,
  );
}
