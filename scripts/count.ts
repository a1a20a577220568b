// Prints `PASSED FAILED` of a Vitest JSON report, for .ci/run.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as {
  numPassedTests: number;
  numFailedTests: number;
  testResults: readonly { status: string; assertionResults: readonly unknown[] }[];
};
// A file that could not be loaded has no failed test, and has failed.
const broken = report.testResults.filter(
  ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
);
console.log(`${report.numPassedTests} ${report.numFailedTests + broken.length}`);
