import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const writer = fileURLToPath(new URL("crash-writer.ts", import.meta.url));

/** Starts a process that saves executions `one` and `two` for ever, and resolves once it has saved a few times. */
export async function startWriter(kind: "sqlite" | "postgres", where: string, saves: number) {
  const child = spawn(process.execPath, [writer, kind, where], { stdio: ["ignore", "pipe", "inherit"] });
  const saved = new Map<string, number>();
  let lines = 0;
  const ended = once(child, "close");
  const running = new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const [id = "", revision] = line.split(" ");
      saved.set(id, Number(revision));
      lines += 1;
      if (lines === saves) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the writer ended by itself (${code})`)));
  });
  await running;
  return {
    /** Kills it where it stands; the last revisions that it reported as saved. */
    async kill(): Promise<ReadonlyMap<string, number>> {
      child.kill("SIGKILL");
      await ended;
      return saved;
    },
  };
}
