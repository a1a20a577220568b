/** What the world makes of a piece of work: the same for the engine and for the interpreter. */
export interface Outcome {
  readonly output: number;
  readonly failure: "error" | "transient" | null;
  readonly ms: number;
}

/** By where it stands, which visit it is, which try, and what it was given: nothing else. */
export function outcomeOf(path: string, visit: number, attempt: number, input: unknown): Outcome {
  const drawn = hash(`${path}#${visit}#${attempt}`);
  const given = hash(JSON.stringify(input ?? null));
  const fate = drawn % 10;
  return {
    output: (drawn + given) % 10,
    failure: fate === 0 ? "error" : fate === 1 ? "transient" : null,
    // So finely spread that two are hardly ever over at the same millisecond.
    ms: 1_000 + (hash(`ms ${path}#${visit}#${attempt}`) % 1_000_003),
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  // The low bits of FNV know little of the last characters.
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}
