import type { TestCase } from "../../definition/tests/index.ts";

/** A case with all that it needs to be played: plain data, for whichever thread plays it. */
export interface CaseToPlay {
  readonly test: TestCase;
  /** Repository path of the workflow under test. */
  readonly path: string;
  readonly text: string;
  /** The other files of `.hishamos/` that it needs, by repository path. */
  readonly files: Readonly<Record<string, string>>;
}
