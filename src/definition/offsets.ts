import type { ScalarTree } from "./tree.ts";

/**
 * Where each UTF-16 unit of a scalar's value stands in the file. Quotes, escapes, indentation and folding make
 * the text longer than the value; both are walked side by side, and what can't be matched stays where it is.
 */
export function offsetsOf(tree: ScalarTree, text: string): (offset: number) => number {
  const value = String(tree.value);
  const quoted = tree.style === "single" || tree.style === "double" ? 1 : 0;
  const first = tree.style === "block" ? afterHeader(text, tree.start) : tree.start + quoted;
  if (text.startsWith(value, first)) return (offset) => Math.min(first + offset, tree.end);

  const offsets: number[] = [];
  let at = first;
  for (let index = 0; index < value.length; index++) {
    const unit = value[index] ?? "";
    if (tree.style === "double" && text[at] === "\\") {
      offsets.push(at);
      const length = escapeLength(text, at);
      // \U0001F41E is two units of the value.
      at += length;
      if (length === 10 && value.charCodeAt(index) >= 0xd800 && value.charCodeAt(index) <= 0xdbff) {
        index++;
        offsets.push(at - length);
      }
      continue;
    }
    let found = at;
    // Only indentation, line ends, and the second of a doubled quote stand between two units of a value.
    while (found < tree.end && text[found] !== unit && /[\s']/.test(text[found] ?? "")) found++;
    if (text[found] === unit) at = found;
    offsets.push(Math.min(at, tree.end));
    if (text[at] === unit || /\s/.test(unit)) at++;
  }
  return (offset) => offsets[offset] ?? Math.min(at, tree.end);
}

function afterHeader(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? start : end + 1;
}

function escapeLength(text: string, at: number): number {
  switch (text[at + 1] ?? "") {
    case "x":
      return 4;
    case "u":
      return 6;
    case "U":
      return 10;
    default:
      return 2;
  }
}
