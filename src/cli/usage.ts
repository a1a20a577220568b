/** Where a command writes: text as it is, line ends included. */
export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** Exit code of wrong usage. */
export const wrongUsage = 2;

interface Parsed {
  readonly values: { readonly help?: boolean | undefined };
}

/**
 * The arguments as `parseArgs` gives them, and `wrong` to tell what is wrong with them; or the exit code where the help
 * was asked for or they can't be parsed.
 */
export function takeArguments<T extends Parsed>(
  usage: string,
  io: Output,
  parse: () => T,
): (T & { readonly wrong: (message: string) => number }) | { readonly exit: number } {
  const wrong = (message: string) => {
    io.stderr(`${message}\n\n${usage}`);
    return wrongUsage;
  };
  try {
    const parsed = parse();
    if (!parsed.values.help) return { ...parsed, wrong };
    io.stdout(usage);
    return { exit: 0 };
  } catch (error) {
    return { exit: wrong(error instanceof Error ? error.message : String(error)) };
  }
}
