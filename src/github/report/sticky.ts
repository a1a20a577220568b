import { atWork } from "../../core/draft.ts";
import type { Execution, Run } from "../../core/execution.ts";
import { unreachable } from "../../core/problem.ts";
import type { Workflow } from "../../core/workflow.ts";
import { cell, code, neutralise } from "../neutralise.ts";
import { errorWords } from "./asks.ts";
import { whyCancelled } from "./cancelled.ts";
import { type Children, noChildren, waitInWords } from "./children.ts";
import { drawing } from "./drawing.ts";
import { fittingCommands } from "./fitting.ts";
import { type Row, rowsOf } from "./rows.ts";
import { isOutside, utc, waitingSteps } from "./waiting.ts";

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
export function renderSticky(workflow: Workflow, execution: Execution, children = noChildren): string {
  const head = `### ${neutralise(execution.workflow.name, 200)}: ${titles[execution.state]}`;
  const first = headline(workflow, execution, children);
  const parts = [first, stepTable(workflow, execution, children)];
  const after = [links(execution), commands(workflow, execution), foot(execution)];
  const drawn = `<details><summary>Drawing</summary>\n\n\`\`\`mermaid\n${drawing(workflow, execution)}\n\`\`\`\n\n</details>`;
  const whole = joined(head, ...parts, drawn, ...after);
  if (whole.length <= longest) return whole;
  const plain = joined(head, ...parts, ...after);
  if (plain.length <= longest) return plain;
  return joined(head, first, ...after).slice(0, longest);
}

/** What it does, waits for, or ended with, and what the way on is: one line, or two. */
export function headline(workflow: Workflow, execution: Execution, children = noChildren): string {
  const error = execution.ending?.error;
  const failure = error ? `At ${code(error.step)}: ${errorWords(error, 500)}` : "";
  switch (execution.state) {
    case "running":
      return [ending(execution), queued(execution), atWorkNow(workflow, execution, children)]
        .filter(Boolean)
        .join("\n\n");
    case "paused":
      return whyPaused(execution);
    case "cancelled":
      return [cancelled(execution), failure].filter(Boolean).join("\n\n");
    case "completed":
    case "failed":
      return failure;
    default:
      return unreachable(execution.state);
  }
}

function cancelled(execution: Execution): string {
  const why = whyCancelled(execution);
  return why === "" ? "" : `Cancelled: ${why}.`;
}

function ending(execution: Execution): string {
  const { ending: decided, finalizing } = execution;
  if (!decided || !finalizing) return "";
  const why = decided.error
    ? `at ${code(decided.error.step)}: ${errorWords(decided.error, 300)}`
    : decided.state === "cancelled"
      ? whyCancelled(execution)
      : "";
  return `It ends as ${decided.state}${why === "" ? "" : ` (${why})`}; the steps of ${code("finally")} come first.`;
}

function queued({ wants }: Execution): string {
  return wants === null ? "" : "It is queued: it begins when the execution before it in its group has ended.";
}

function whyPaused({ held, timeline, spending }: Execution): string {
  if (held !== null) {
    const who = code(held);
    return `It waits to be allowed, because of ${who}, who has no role from triage up here. Nothing runs before ${code("/hishamos allow")}.`;
  }
  const last = timeline.findLast(({ what }) => what === "pause" || what === "budget");
  if (last?.what === "budget") {
    const spent = `${spending.tokens} tokens and ${spending.costUsd.toFixed(2)} USD`;
    return `Its budget is spent (${spent}, last at ${code(last.step ?? "")}). ${code("/hishamos resume")} grants the same again.`;
  }
  return last?.by ? `Paused by ${code(last.by)}: what is at work ends, nothing further begins.` : "";
}

const namedAtOnce = 6;

function atWorkNow(workflow: Workflow, execution: Execution, children: Children): string {
  const waits = waitingSteps(workflow, execution).map(
    (one) => `${code(one.path)} waits for ${waitInWords(one, children)}`,
  );
  const working = atWork({ workflow, execution }).filter(({ run }) => run.waiting === null);
  const all = [...waits, ...working.map(({ at }) => `${code(at.path)} is at work`)];
  const more = all.length > namedAtOnce ? [`… and ${all.length - namedAtOnce} more`] : [];
  return [...all.slice(0, namedAtOnce), ...more].join("; ");
}

/** A table of the steps in the file's order, those not entered in this round included, and inner ones of what is. */
export function stepTable(workflow: Workflow, execution: Execution, children = noChildren): string {
  const { rows, omitted } = rowsOf(workflow, execution);
  const lines = rows.map((row) => line(row, execution, children));
  const table = ["| | Step | State | Entered | | Time |", "| --- | --- | --- | --- | --- | --- |", ...lines];
  return [...table, ...(omitted > 0 ? ["", `… and ${omitted} more rows.`] : [])].join("\n");
}

function line(row: Row, execution: Execution, children: Children): string {
  const { run } = row;
  const name = `${"&emsp;".repeat(row.depth)}${cell(row.name)}`;
  if (!run) return `| ⬜ | ${name} | pending | | | |`;
  const state = run.state === "running" && run.waiting && isOutside(run.waiting) ? "waiting" : run.state;
  // To look again at what is parked is no attempt.
  const attempt = run.attempt - (run.looks ?? 0);
  const attempts = attempt > 1 ? `, attempt ${attempt}` : "";
  const entered = `${run.visit}×${attempts}`;
  return `| ${icons[state]} | ${name} | ${state} | ${entered} | ${remark(row, run, execution, children)} | ${time(run)} |`;
}

const icons = { running: "🔵", waiting: "🟡", completed: "✅", failed: "❌", skipped: "⏭️" } as const;

/** What it waits for, or who decided it and why it failed or was skipped. */
function remark({ path, items }: Row, run: Run, execution: Execution, children: Children): string {
  const done = items
    ? `${items.done} of ${items.all} done${items.failed > 0 ? `, ${items.failed} failed` : ""}`
    : "";
  if (run.state === "running") {
    const about = run.subject === undefined ? "" : `on #${run.subject}`;
    const { waiting } = run;
    const waits = waiting && waiting.for !== "steps" ? waitInWords({ waiting }, children) : "";
    return [waits, done, about].filter(Boolean).join(", ");
  }
  const who = peopleOf(path, run, execution).map((login) => cell(login));
  const by = who.length > 0 ? `by ${who.join(", ")}` : "";
  switch (run.state) {
    case "completed":
      return [done, by].filter(Boolean).join(", ");
    case "failed":
      return [cell(`${run.error.code}: ${run.error.message}`, 120), done, by].filter(Boolean).join(", ");
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
function peopleOf(path: string, run: Ended, { timeline }: Execution): readonly string[] {
  const during = timeline.filter(
    (entry) => entry.step === path && entry.at >= run.enteredAt && entry.at <= run.endedAt,
  );
  return [...new Set(during.flatMap(({ by }) => by ?? []))];
}

type Ended = Exclude<Run, { state: "running" }>;

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
