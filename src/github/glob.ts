/**
 * Whether a name matches GitHub Actions' filter patterns: `*` stays within a path segment, `**` crosses them, `?` makes
 * the character before it optional, `+` repeats it, `[ab]` and `[a-z]` are one of these, a pattern with `!` takes back
 * what earlier ones gave. No patterns: everything matches.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  if (patterns.length === 0) return true;
  let matched = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) matched = matched && !matches(name, pattern.slice(1));
    else matched ||= matches(name, pattern);
  }
  return matched;
}

interface Token {
  readonly accepts: (character: string) => boolean;
  /** How many tokens on it may be gone without taking a character. */
  readonly skips: readonly number[];
  readonly repeats: boolean;
}

// A set of positions is carried along instead of trying one after the other, so that no pattern takes more than
// length times length.
function matches(name: string, pattern: string): boolean {
  const tokens = read(pattern);
  let positions = withSkips(new Set([0]), tokens);
  for (const character of name) {
    const next = new Set<number>();
    for (const position of positions) {
      const token = tokens[position];
      if (token === undefined || !token.accepts(character)) continue;
      next.add(position + 1);
      if (token.repeats) next.add(position);
    }
    positions = withSkips(next, tokens);
  }
  return positions.has(tokens.length);
}

/** A Set's loop also visits what it is given meanwhile. */
function withSkips(positions: Set<number>, tokens: readonly Token[]): Set<number> {
  for (const position of positions) {
    for (const skip of tokens[position]?.skips ?? []) positions.add(position + skip);
  }
  return positions;
}

const any = () => true;
const none = () => false;
const inSegment = (character: string) => character !== "/";
const literal = (wanted: string): Token => ({
  accepts: (found) => found === wanted,
  skips: [],
  repeats: false,
});
/** `**` and a slash: any folders, or none at all. */
const folders: readonly Token[] = [
  { accepts: none, skips: [1, 3], repeats: false },
  { accepts: any, skips: [1], repeats: true },
  literal("/"),
];

function read(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    const last = tokens.at(-1);
    const close = character === "[" ? characters.indexOf("]", at + 2) : -1;
    if (character === "*" && characters[at + 1] === "*") {
      const startsSegment = at === 0 || characters[at - 1] === "/";
      if (startsSegment && characters[at + 2] === "/") {
        tokens.push(...folders);
        at += 2;
      } else {
        tokens.push({ accepts: any, skips: [1], repeats: true });
        at += 1;
      }
    } else if (character === "*") {
      tokens.push({ accepts: inSegment, skips: [1], repeats: true });
    } else if (character === "?" && last !== undefined) {
      tokens[tokens.length - 1] = { ...last, skips: [1] };
    } else if (character === "+" && last !== undefined) {
      tokens[tokens.length - 1] = { ...last, repeats: true };
    } else if (close !== -1) {
      tokens.push({ accepts: oneOf(characters.slice(at + 1, close)), skips: [], repeats: false });
      at = close;
    } else if (character === "\\") {
      at += 1;
      tokens.push(literal(characters[at] ?? "\\"));
    } else {
      tokens.push(literal(character));
    }
  }
  return tokens;
}

function oneOf(characters: readonly string[]): (character: string) => boolean {
  const single = new Set<string>();
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < characters.length; at++) {
    const [from = "", dash, to] = characters.slice(at, at + 3);
    if (dash === "-" && to !== undefined) {
      ranges.push([from, to]);
      at += 2;
    } else {
      single.add(from);
    }
  }
  return (found) => single.has(found) || ranges.some(([from, to]) => from <= found && found <= to);
}
