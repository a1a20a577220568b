import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Files run in processes of their own, and so do the services that they start: what one has compiled is there for the next,
// by its content, at the place that bin/hishamos.js has too.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.chaos.test.ts", "node_modules/**"],
    globalSetup: "test/support/postgres-of-run.ts",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Vitest leaves a core to itself, and needs little of it: of two cores, half would have nothing to do.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
