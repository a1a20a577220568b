import type { Trace } from "../engine/trace.ts";

const waits = {
  approval: "waits for an approval",
  delay: "waits for its time",
  event: "waits for an event",
  person: "waits for a person",
  steps: "has begun its steps",
  repeat: "begins again",
  child: "waits for its workflow",
  run: "waits for a run of GitHub Actions",
  checks: "waits for checks",
  pull_request: "waits for the pull request",
  retry: "will be tried again",
} as const;

/** What happened, in words for a terminal; null for what is not worth a line. */
export function narrate(trace: Trace): string | null {
  if (trace.kind === "execution") return `${trace.workflow} is ${trace.state}`;
  const visit = trace.visit > 1 ? ` (visit ${trace.visit})` : "";
  const error = trace.error === undefined ? "" : `: ${trace.error}`;
  if (trace.state === "running") return `${trace.step}${visit} begins`;
  const what = trace.state === "waiting" && trace.for ? waits[trace.for] : `is ${trace.state}`;
  return `${trace.step}${visit} ${what}${error}`;
}

/** Control characters of a stranger's text must not reach the terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, " ").trim();
}
