/**
 * The lines of a text that comes in pieces, without their ends. Only \n ends one: node:readline also ends them at U+2028,
 * which JSON leaves in texts as it is.
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let parts: string[] = [];
  for await (const piece of pieces) {
    const [first = "", ...rest] = piece.split("\n");
    parts.push(first);
    for (const next of rest) {
      yield parts.join("");
      parts = [next];
    }
  }
  const last = parts.join("");
  if (last !== "") yield last;
}
