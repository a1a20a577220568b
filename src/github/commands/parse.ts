import { type CommandName, commandNames } from "../../definition/index.ts";
import { type Piece, readPieces } from "../markdown.ts";

/** Of what `/hishamos` understands, what is heard alone, too. */
const shortForms: ReadonlySet<string> = new Set([
  "pause",
  "resume",
  "cancel",
  "approve",
  "reject",
  "retry",
] satisfies readonly CommandName[]);

export type ParsedCommand =
  | {
      readonly kind: "command";
      readonly name: CommandName;
      /** Written as `/pause`: heard only where something can take it. */
      readonly short: boolean;
      /** What follows on the line, trimmed. */
      readonly rest: string;
      /** The text right below, fenced or up to a blank line; only `done` and `run` read one. */
      readonly block: string | null;
    }
  /** `/hishamos` with a word that it does not know, or without one. */
  | { readonly kind: "unknown"; readonly word: string | null }
  /** Any other `/word`: perhaps a workflow's own command. */
  | {
      readonly kind: "custom";
      readonly word: string;
      readonly rest: string;
      readonly block: string | null;
    };

/** More in one comment is no conversation. */
const MAX_COMMANDS = 20;
const takesBlock: ReadonlySet<string> = new Set(["done", "run"]);

/**
 * The commands of a comment in their order: `/name` at the start of a line, followed by white space or the line's end.
 * Code blocks, quotes and HTML comments say nothing.
 */
export function parseCommands(body: string): readonly ParsedCommand[] {
  const pieces = readPieces(body);
  const commands: ParsedCommand[] = [];
  for (const [at, piece] of pieces.entries()) {
    if (commands.length === MAX_COMMANDS) break;
    const command = piece.kind === "line" ? readLine(piece.text, () => blockBelow(pieces, at + 1)) : null;
    if (command !== null) commands.push(command);
  }
  return commands;
}

function readLine(line: string, below: () => string | null): ParsedCommand | null {
  const [, word, rest = ""] = /^ {0,3}\/([A-Za-z][\w-]{0,99})(?:\s+(.*))?$/.exec(line.trimEnd()) ?? [];
  if (word === undefined) return null;
  const name = word.toLowerCase();
  if (name === "hishamos") return readHishamos(rest.trim(), below);
  if (isCommand(name) && shortForms.has(name)) {
    return { kind: "command", name, short: true, rest: rest.trim(), block: null };
  }
  return { kind: "custom", word, rest: rest.trim(), block: below() };
}

function readHishamos(text: string, below: () => string | null): ParsedCommand {
  const [word = "", ...others] = text.split(/\s+/);
  const name = word.toLowerCase();
  if (!isCommand(name)) return { kind: "unknown", word: word === "" ? null : word };
  const rest = others.length === 0 ? "" : text.slice(word.length).trim();
  return { kind: "command", name, short: false, rest, block: takesBlock.has(name) ? below() : null };
}

/** A fenced block, or lines up to a blank one or another command, directly below. */
function blockBelow(pieces: readonly Piece[], from: number): string | null {
  const lines: string[] = [];
  for (const piece of pieces.slice(from)) {
    if (piece.kind === "block") return lines.length === 0 ? piece.text : lines.join("\n");
    if (piece.text.trim() === "") {
      if (lines.length > 0) break;
      // One blank line may stand between the command and its fence.
      if (pieces[from] === piece && pieces[from + 1]?.kind === "block") continue;
      break;
    }
    if (/^ {0,3}\/[A-Za-z]/.test(piece.text)) break;
    lines.push(piece.text);
  }
  return lines.length === 0 ? null : lines.join("\n");
}

function isCommand(name: string): name is CommandName {
  return (commandNames as readonly string[]).includes(name);
}
