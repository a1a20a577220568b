import type { Execution, Run, Waiting } from "../../core/execution.ts";
import { unreachable } from "../../core/problem.ts";
import type { Step, Workflow } from "../../core/workflow.ts";
import { cell, code, neutralise } from "../neutralise.ts";
import { errorWords } from "./asks.ts";
import { drawing } from "./drawing.ts";
import { fittingCommands } from "./fitting.ts";
import { currentRun, waitingSteps } from "./waiting.ts";

/** Room left for the marker below GitHub's 65,536. */
const longest = 65_000;

const titles = {
  running: "▶️ running",
  paused: "⏸️ paused",
  completed: "✅ completed",
  failed: "❌ failed",
  cancelled: "🚫 cancelled",
} as const;

/** The one comment that shows an execution: where it stands, its steps, its drawing, and what people can do now. */
export function renderSticky(workflow: Workflow, execution: Execution): string {
  const head = `### ${neutralise(execution.workflow.name, 200)}: ${titles[execution.state]}`;
  const parts = [headline(workflow, execution), stepTable(workflow, execution)];
  const after = [links(execution), commands(workflow, execution), foot(execution)];
  const drawn = `<details><summary>Drawing</summary>\n\n\`\`\`mermaid\n${drawing(workflow, execution)}\n\`\`\`\n\n</details>`;
  const whole = joined(head, ...parts, drawn, ...after);
  if (whole.length <= longest) return whole;
  const plain = joined(head, ...parts, ...after);
  if (plain.length <= longest) return plain;
  return joined(head, headline(workflow, execution), ...after).slice(0, longest);
}

/** One line: what it does, waits for, or ended with. */
export function headline(workflow: Workflow, execution: Execution): string {
  const error = execution.ending?.error;
  if (execution.state !== "running") return error ? `At ${code(error.step)}: ${errorWords(error, 500)}` : "";
  const waits = waitingSteps(workflow, execution).map(
    ({ step, waiting }) => `${code(step.id)} waits for ${waitingWords(waiting)}`,
  );
  const working = workflow.steps.steps.filter(({ id }) => {
    const run = currentRun(execution, id);
    return run?.state === "running" && !run.waiting;
  });
  return [...waits, ...working.map(({ id }) => `${code(id)} is at work`)].join("; ");
}

/** A table of all steps in the file's order, those not entered in this round included. */
export function stepTable(workflow: Workflow, execution: Execution): string {
  const rows = workflow.steps.steps.map((step) => row(step, execution));
  return ["| | Step | State | Entered | | Time |", "| --- | --- | --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}

function row(step: Step, execution: Execution): string {
  const run = currentRun(execution, step.id);
  const name = cell(step.id);
  if (!run) return `| ⬜ | ${name} | pending | | | |`;
  const state = run.state === "running" && run.waiting ? "waiting" : run.state;
  const attempts = run.attempt > 1 ? `, attempt ${run.attempt}` : "";
  const entered = `${run.visit}×${attempts}`;
  return `| ${icons[state]} | ${name} | ${state} | ${entered} | ${remark(step, run, execution)} | ${time(run)} |`;
}

const icons = { running: "🔵", waiting: "🟡", completed: "✅", failed: "❌", skipped: "⏭️" } as const;

/** What it waits for, or who decided it and why it failed or was skipped. */
function remark(step: Step, run: Run, execution: Execution): string {
  if (run.state === "running") return run.waiting ? cell(waitingWords(run.waiting)) : "";
  const who = peopleOf(step, run, execution).map((login) => cell(login));
  const by = who.length > 0 ? `by ${who.join(", ")}` : "";
  switch (run.state) {
    case "completed":
      return by;
    case "failed":
      return [cell(`${run.error.code}: ${run.error.message}`, 120), by].filter(Boolean).join(", ");
    case "skipped":
      return by || skipWords[run.reason];
    default:
      return unreachable(run);
  }
}

const skipWords = {
  condition: "its condition is false",
  command: "by command",
  cancelled: "cancelled",
} as const;

/** Who approved, rejected, answered or skipped the step in this run. */
function peopleOf(step: Step, run: Ended, { timeline }: Execution): readonly string[] {
  const during = timeline.filter(
    (entry) => entry.step === step.id && entry.at >= run.enteredAt && entry.at <= run.endedAt,
  );
  return [...new Set(during.flatMap(({ by }) => by ?? []))];
}

type Ended = Exclude<Run, { state: "running" }>;

function waitingWords(waiting: Waiting): string {
  switch (waiting.for) {
    case "retry":
      return `another attempt at ${utc(waiting.until)} (${waiting.error.code})`;
    case "delay":
      return `its time, ${utc(waiting.until)}`;
    case "event":
      return waiting.events.join(" or ");
    case "approval":
      return "approval";
    case "person":
      return waiting.produces === "pull_request" ? "a pull request" : `a person's answer (${waiting.agent})`;
    case "steps":
      return "its steps";
    case "repeat":
      return waiting.until === null ? "its iteration" : `its next iteration,  ${utc(waiting.until)}`;
    case "child":
      return "its workflow";
    case "run":
      return `[run ${waiting.runId}](${waiting.url})`;
    case "checks":
      return "checks";
    case "pull_request":
      return `the pull request to be ${waiting.state}`;
    default:
      return unreachable(waiting);
  }
}

function time(run: Run): string {
  return run.state === "running" ? `since ${utc(run.enteredAt)}` : lasted(run.endedAt - run.enteredAt);
}

function lasted(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** As `2026-11-22 14:05 UTC`. */
function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function links(execution: Execution): string {
  const linked = execution.linked.map((pull) => `#${pull.number} (${pull.state})`);
  return linked.length > 0 ? `Pull requests: ${linked.join(", ")}` : "";
}

function commands(workflow: Workflow, execution: Execution): string {
  const fitting = fittingCommands(workflow, execution);
  if (fitting.length === 0) return "";
  const lines = fitting.map(
    ({ command, does, who }) => `- ${code(command, 2_000)} ${neutralise(does)} (${calm(who)})`,
  );
  return `Commands that fit now:\n\n${lines.join("\n")}`;
}

/** The sticky comment informs; only an ask calls people by name. */
function calm(who: string): string {
  return neutralise(who);
}

function foot({ id, round, workflow }: Execution): string {
  const at = workflow.commit ? ` · ${code(workflow.path)} at ${workflow.commit.slice(0, 12)}` : "";
  return `<sub>Execution ${code(id)} · round ${round}${at}</sub>`;
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}
