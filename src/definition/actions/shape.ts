/**
 * What a value must be, as short JSON (the catalogue holds thousands): `s` text, `i` integer, `n` number,
 * `b` boolean, `0` null, `o` any map, `*` anything; `e` one of these, `a` a list, `m` a map of such values,
 * `u` any of these, `p` a map of named values, of which those listed are required, closed where others are refused.
 */
export type Shape =
  | "s"
  | "i"
  | "n"
  | "b"
  | "0"
  | "o"
  | "*"
  | readonly ["e", ...(string | number | boolean | null)[]]
  | readonly ["a", Shape]
  | readonly ["m", Shape]
  | readonly ["u", ...Shape[]]
  | readonly ["p", Shapes, (readonly string[])?, closed?: 1];

export type Shapes = Readonly<Record<string, Shape>>;

/**
 * One method as the catalogue holds it. `query` are the values that travel as text, in the path or behind it (those
 * of the path that are plain texts are left out); null where GitHub's description doesn't know the method any more.
 */
export type MethodEntry = readonly [
  verb: string,
  /** As `/repos/{owner}/{repo}/issues/{issue_number}`. */
  url: string,
  /** App permissions, any of which will do, as `issues pull_requests:write`; empty where none is known. */
  needs: string,
  query: Shapes | null,
  body: Shapes,
  required: readonly string[],
  /** Who may call it: an installation, or only a person (`user`) or the App by its own key (`app`). */
  caller?: "user" | "app",
];
