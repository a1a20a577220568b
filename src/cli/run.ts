import type { Output } from "./validate.ts";
export async function runCommand(_args: readonly string[], _io: Output): Promise<number> {
  return 2;
}
