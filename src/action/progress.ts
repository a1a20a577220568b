import type { ExecutionView, StepView } from "../api/view.ts";
import { isObject, type JsonObject, own } from "../core/json.ts";

/** By a step's path what it waits for and who may answer, in words. */
export type Waits = ReadonlyMap<string, string>;

/** The waits of the API's drawing of an execution. */
export function waitsOf(drawing: JsonObject): Waits {
  const waits = own(drawing, "waits");
  return new Map(
    (Array.isArray(waits) ? waits : []).flatMap((wait): [string, string][] => {
      if (!isObject(wait)) return [];
      const [step, what, who] = [own(wait, "step"), own(wait, "what"), own(wait, "who")];
      if (typeof step !== "string" || typeof what !== "string") return [];
      return [[step, waitText(what, typeof who === "string" ? who : null)]];
    }),
  );
}

/** What a step waits for, and who may answer it. */
export function waitText(what: string, who: string | null): string {
  return who === null || who === "" ? what : `${what} (${who})`;
}

/** What of an execution is told in lines: each state of a step once. Of the steps inside others, only waits and failures. */
export class Progress {
  readonly #told = new Map<string, string>();

  /** Whether a step has come to wait that was not told of: what it waits for has to be asked. */
  asksOf(view: ExecutionView): boolean {
    return view.steps.some((step) => step.state === "waiting" && this.#told.get(step.path) !== key(step));
  }

  lines(view: ExecutionView, waits: Waits): readonly string[] {
    const lines = view.steps.flatMap((step) => {
      if (this.#told.get(step.path) === key(step)) return [];
      this.#told.set(step.path, key(step));
      const inner = /[/[]/.test(step.path);
      return inner && step.state !== "waiting" && step.state !== "failed" ? [] : [lineOf(step, waits)];
    });
    const now = standing(view);
    if (this.#told.get("") !== now) lines.push(...(now === "" ? [] : [now]));
    this.#told.set("", now);
    return lines;
  }
}

function key({ state, visits, attempt, waits_for }: StepView): string {
  return [state, visits, attempt, waits_for].join(" ");
}

/** What holds the whole of it up, if anything does. */
function standing({ state, held, queued_for }: ExecutionView): string {
  if (state === "paused") return "The execution is paused: /hishamos resume lets it go on.";
  if (held !== null) return `The start by @${held} waits to be allowed.`;
  return queued_for === null ? "" : `It waits for its turn in ${queued_for}.`;
}

function lineOf(step: StepView, waits: Waits): string {
  return `${step.path}: ${detailOf(step, waits)}`;
}

export function detailOf(step: StepView, waits: Waits): string {
  const again = step.visits > 1 ? `, visit ${step.visits}` : "";
  const attempt = step.attempt > 1 ? `, attempt ${step.attempt}` : "";
  switch (step.state) {
    case "waiting": {
      const question = step.question === null ? "" : `: ${step.question}`;
      return `waits for ${waits.get(step.path) ?? step.waits_for ?? "something"}${again}${question}`;
    }
    case "failed":
      return `failed${again}${attempt}: ${step.error?.message ?? "it does not say why"}`;
    case "running":
    case "completed":
    case "skipped":
      return `${step.state}${again}${attempt}${tookOf(step)}`;
    default:
      return step.state satisfies never;
  }
}

function tookOf({ state, entered_at, ended_at }: StepView): string {
  if (state !== "completed" || ended_at === null) return "";
  return ` after ${lengthText(Date.parse(ended_at) - Date.parse(entered_at))}`;
}

/** `75_000` -> `1m 15s`: as long as somebody would say it. */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [days, hours, minutes] = [86_400, 3_600, 60].map((unit) => Math.floor(seconds / unit));
  if (days) return `${days}d ${(hours ?? 0) % 24}h`;
  if (hours) return `${hours}h ${(minutes ?? 0) % 60}m`;
  return minutes ? `${minutes}m ${seconds % 60}s` : `${seconds}s`;
}
