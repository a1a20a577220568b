import { expect, test } from "vitest";
import { loadWorkflow } from "../../../src/definition/index.ts";
import type { Definitions, WorkflowFile } from "../../../src/github/definitions.ts";
import { type ChangedFile, pairsOf } from "../../../src/github/validation/changed.ts";

function file(path: string, name: string): WorkflowFile {
  const text = `name: ${name}\nsteps: [{ id: a, agent: qa-agent }]\n`;
  const loaded = loadWorkflow(text, path);
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return { path, text, files: new Map(), workflow: loaded.workflow };
}

function definitions(...files: readonly WorkflowFile[]): Definitions {
  return { commit: "c0ffee", files, config: { vars: {}, commands: new Map() } };
}

const at = (path: string, former: string | null = null): ChangedFile => ({ path, former });
const [old, other, now] = [".hishamos/old.yml", ".hishamos/other.yml", ".hishamos/now.yml"];

const rows: readonly {
  readonly what: string;
  readonly before: readonly WorkflowFile[];
  readonly after: readonly WorkflowFile[];
  readonly files: readonly ChangedFile[];
  readonly pairs: readonly string[];
}[] = [
  {
    what: "as GitHub says, whatever its name is",
    before: [file(old, "Old")],
    after: [file(now, "Now")],
    files: [at(now, old)],
    pairs: [`${old} -> ${now} renamed`],
  },
  {
    what: "by its name, where GitHub tells of two files",
    before: [file(old, "Same")],
    after: [file(now, "Same")],
    files: [at(now), at(old)],
    pairs: [`${old} -> ${now} renamed`],
  },
  {
    what: "not where another name came",
    before: [file(old, "Old")],
    after: [file(now, "Now")],
    files: [at(now), at(old)],
    pairs: [`- -> ${now} nothing`, `${old} -> - removed`],
  },
  {
    what: "once, where two new ones have its name",
    before: [file(old, "Same")],
    after: [file(now, "Same"), file(other, "Same")],
    files: [at(now), at(old), at(other)],
    pairs: [`${old} -> ${now} renamed`, `- -> ${other} nothing`],
  },
  {
    what: "into our folder is new there",
    before: [],
    after: [file(now, "Now")],
    files: [at(now, "docs/now.yml")],
    pairs: [`- -> ${now} nothing`],
  },
  {
    what: "out of our folder is removed there",
    before: [file(old, "Old")],
    after: [],
    files: [at("docs/old.yml", old)],
    pairs: [`${old} -> - removed`],
  },
];

test.for(rows)("a file is renamed $what", ({ before, after, files, pairs }) => {
  const found = pairsOf(definitions(...before), definitions(...after), files).map((pair) => {
    if (pair.kind !== "workflow") return pair.kind;
    const { versions, former } = pair;
    const [was, is] = [versions.before?.workflow.path ?? "-", versions.after?.workflow.path ?? "-"];
    return `${was} -> ${is} ${former?.was ?? ""}`;
  });
  expect(found).toEqual(pairs);
});
