import type { Position } from "../core/problem.ts";

/** A stretch of the text, in UTF-16 units from its start; `end` is exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A file's text with its lines, to turn offsets into positions. */
export class Source {
  readonly path: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];
  readonly #marked: boolean;

  constructor(text: string, path: string) {
    this.path = path;
    this.text = text;
    this.#marked = text.startsWith("\ufeff");
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const column = at - (this.#lineStarts[low] ?? 0) + 1;
    // No editor counts the byte order mark.
    return { line: low + 1, column: low === 0 && this.#marked ? Math.max(1, column - 1) : column };
  }

  /** The line's text without its end, lines counted from 1; empty beyond the last. */
  line(line: number): string {
    const start = this.#lineStarts[line - 1];
    if (start === undefined) return "";
    const next = this.#lineStarts[line];
    return this.text.slice(start, next === undefined ? undefined : next - 1).replace(/^\ufeff|\r$/g, "");
  }
}
