/** What a text pattern means, whether it was written for `matches` or for `glob`. */
export type Pattern =
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "sequence"; readonly parts: readonly Pattern[] }
  | { readonly kind: "choice"; readonly options: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly part: Pattern; readonly min: number; readonly max: number }
  | { readonly kind: "assert"; readonly where: Assertion };

/** Start or end of the text, at or off a word's edge. */
export type Assertion = "start" | "end" | "edge" | "inner";

/** Code points, as ranges with both ends included. */
export interface CharacterSet {
  readonly ranges: readonly Range[];
  readonly negated: boolean;
}
export type Range = readonly [from: number, to: number];

export function character(text: string): Pattern {
  const point = text.codePointAt(0) ?? 0;
  return { kind: "set", set: { ranges: [[point, point]], negated: false } };
}

export function anyBut(...excluded: readonly string[]): Pattern {
  const ranges = excluded.map((text): Range => [text.codePointAt(0) ?? 0, text.codePointAt(0) ?? 0]);
  return { kind: "set", set: { ranges, negated: true } };
}

export function repeat(part: Pattern, min: number, max: number): Pattern {
  return { kind: "repeat", part, min, max };
}

export function sequence(...parts: readonly Pattern[]): Pattern {
  return { kind: "sequence", parts };
}

export function has(set: CharacterSet, point: number, ignoreCase: boolean): boolean {
  const found = within(set, point) || (ignoreCase && otherCases(point).some((other) => within(set, other)));
  return found !== set.negated;
}

function within({ ranges }: CharacterSet, point: number): boolean {
  return ranges.some(([from, to]) => point >= from && point <= to);
}

function otherCases(point: number): readonly number[] {
  const text = String.fromCodePoint(point);
  // A case that takes more characters (ß, SS) is none here.
  const others = [text.toLowerCase(), text.toUpperCase()].filter((other) => other.length === text.length);
  return others.map((other) => other.codePointAt(0) ?? point);
}
