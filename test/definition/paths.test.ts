import { expect, test } from "vitest";
import { definitionKind, isWorkflowPath } from "../../src/definition/index.ts";

const rows = [
  [".hishamos/bug.yml", "workflow"],
  [".hishamos/bug.yaml", "workflow"],
  [".hishamos/bug.json", "workflow"],
  [".hishamos/config.yml", "settings"],
  [".hishamos/config.yaml", "settings"],
  [".hishamos/agents/poet.yml", "agent"],
  [".hishamos/tests/bug.yml", "test"],
  [".hishamos/README.md", null],
  [".hishamos/lib/bug.yml", null],
  [".hishamos/agents/deep/poet.yml", null],
  [".hishamos", null],
  ["bug.yml", null],
  ["docs/.hishamos/bug.yml", null],
  [".github/workflows/ci.yml", null],
] as const;

test.for(rows)("%s is %s", ([path, kind]) => {
  expect(definitionKind(path)).toBe(kind);
  expect(isWorkflowPath(path)).toBe(kind === "workflow");
});
