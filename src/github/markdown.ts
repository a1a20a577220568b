/** A stretch of a comment as its author meant it: a line of prose, or a fenced block's content. */
export type Piece =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "block"; readonly text: string };

const MAX_LENGTH = 65_536;

/**
 * What a person says in a Markdown text, in order: its lines without quotes (`>`) and HTML comments, and its fenced
 * blocks (``` and ~~~; one that is never closed reaches to the end). Takes linear time.
 */
export function readPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let fence: string | null = null;
  let block: string[] = [];
  let inComment = false;
  const lines = text.slice(0, MAX_LENGTH).split(/\r\n|\r|\n/);
  const lastClosing = lines.findLastIndex((line) => line.includes("-->"));
  for (const [index, line] of lines.entries()) {
    if (fence !== null) {
      if (closes(line, fence)) {
        pieces.push({ kind: "block", text: block.join("\n") });
        fence = null;
      } else {
        block.push(line);
      }
      continue;
    }
    const opened = inComment ? null : /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
    if (opened !== null && opened !== undefined) {
      fence = opened;
      block = [];
      continue;
    }
    const visible = withoutComments(line, inComment, index <= lastClosing);
    inComment = visible.inComment;
    if (!/^ {0,3}>/.test(line)) pieces.push({ kind: "line", text: visible.text });
  }
  if (fence !== null) pieces.push({ kind: "block", text: block.join("\n") });
  return pieces;
}

function closes(line: string, fence: string): boolean {
  const mark = line.trim();
  const character = fence[0] ?? "";
  return mark.length >= fence.length && /^ {0,3}\S/.test(line) && mark.replaceAll(character, "") === "";
}

/** A comment that nothing closes hides the rest only where it begins a line, as on GitHub. */
function withoutComments(line: string, inComment: boolean, mayClose: boolean) {
  let text = "";
  let at = 0;
  let inside = inComment;
  while (at < line.length) {
    const next = line.indexOf(inside ? "-->" : "<!--", at);
    if (next === -1) {
      if (!inside) text += line.slice(at);
      break;
    }
    if (inside) {
      at = next + 3;
      inside = false;
    } else {
      text += line.slice(at, next);
      if (!mayClose && line.slice(0, next).trim() !== "") {
        text += line.slice(next);
        break;
      }
      at = next + 4;
      inside = true;
    }
  }
  return { text, inComment: inside };
}
