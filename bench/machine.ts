import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir, totalmem, type } from "node:os";
import { join } from "node:path";
import { percentile } from "./samples.ts";

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Load average of the last minute as the run began. */
  readonly load: number;
  /** Median of writing 4 KB and having them on the disk, where the databases are (ms). */
  readonly fsyncMs: number;
}

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${process.arch}`,
    node: process.versions.node,
    load: Number(loadavg()[0]?.toFixed(1)),
    fsyncMs: fsyncMs(),
  };
}

function fsyncMs(): number {
  const directory = mkdtempSync(join(tmpdir(), "hishamos-bench-"));
  const file = openSync(join(directory, "file"), "w");
  const block = Buffer.alloc(4096);
  const times = Array.from({ length: 100 }, () => {
    const began = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  rmSync(directory, { recursive: true });
  return percentile(times, 0.5);
}
