/** Bounds on a definition, so that reading it stays cheap whoever wrote it. */
export const textLimits = {
  bytes: 1_000_000,
  depth: 60,
  /** Scalars, lists and maps, aliases counted as if written out. */
  values: 20_000,
  /** Words, marks and spaces as the lexer cuts them: about five for a value. */
  lexemes: 200_000,
  steps: 1_000,
} as const;

/** Names that reach a prototype in JavaScript; as keys and ids they are refused outright. */
export const forbiddenNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** What a person wrote, cut to a length that fits a message. */
export function short(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
