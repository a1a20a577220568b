/**
 * Whom a list of commands to users (`find`) names for a command: whoever may answer a question may also say that it can't
 * be done, unless `fail` itself is named.
 */
export function usersFor(
  find: (command: string) => readonly string[] | undefined,
  command: string,
): readonly string[] | undefined {
  return find(command) ?? (command === "fail" ? find("done") : undefined);
}
