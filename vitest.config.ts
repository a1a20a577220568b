import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.chaos.test.ts", "node_modules/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Vitest leaves a core to itself, and needs little of it: of two cores, half would have nothing to do.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
