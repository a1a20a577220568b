/**
 * Bounds that keep any expression, however hostile, cheap. Length and depth are those of GitHub Actions
 * (21,000 characters, depth 50), so what fits there fits here.
 */
export const limits = {
  /** UTF-16 units of one expression's source. */
  sourceLength: 21_000,
  /** Levels of the tree; a chain of `&&` or of `||` is one level. */
  depth: 50,
  /** Levels of brackets and signs while reading: parentheses cost stack but are no level of the tree. */
  nesting: 100,
  /** Units of work of one evaluation: about one per list item, character or matcher state touched. */
  work: 10_000_000,
  /** UTF-16 units of a text that an expression produces. */
  textLength: 1_000_000,
  /** Items of a list that an expression produces. */
  listLength: 100_000,
  /** Levels of a value that is compared, written as JSON or read from it. */
  valueDepth: 200,
  /** UTF-16 units of a pattern for `matches` or `glob`. */
  patternLength: 1_000,
  /** States of a compiled pattern; `a{1000}` costs 1,000. */
  patternStates: 2_000,
} as const;
