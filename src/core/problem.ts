/** A place in a text; line and column count from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A user's mistake or an outside failure as a value: what, where, and the way out. Bugs are thrown instead. */
export interface Problem {
  /** Stable and documented, as `HOS101`. */
  readonly code: string;
  readonly message: string;
  /** The way out, as `Did you mean "build"?`. */
  readonly hint?: string;
  /** The file the position is in. */
  readonly path?: string;
  readonly position?: Position;
  /** The other place that the message speaks of. */
  readonly related?: { readonly message: string; readonly position: Position };
}

/** A problem with one of a catalogue's codes: the compiler then knows that each is explained. */
export interface ProblemOf<Catalogue> extends Problem {
  readonly code: keyof Catalogue & string;
}

/** What a code stands for, and the way out: its section of docs/problems.md. */
export interface ProblemMeaning {
  readonly title: string;
  readonly help: string;
}

/** `.hishamos/bug.yml:12:18 HOS204 unknown step "biuld". Did you mean "build"?` */
export function formatProblem(problem: Problem): string {
  const { path, position } = problem;
  const place = [path, position && `${position.line}:${position.column}`].filter(Boolean).join(":");
  return [place, problem.code, inFull(problem)].filter(Boolean).join(" ");
}

/** The message and the way out, as sentences. */
export function inFull({ message, hint }: Problem): string {
  if (hint === undefined) return message;
  return /[.!?:]$/.test(message) ? `${message} ${hint}` : `${message}. ${hint}`;
}

export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
