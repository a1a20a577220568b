/** How states look and are called, and what people can do in them. */
import { h, svg } from "./dom.js";

/**
 * @typedef {import("../view.ts").ExecutionSummary} Summary
 * @typedef {"allow" | "pause" | "resume" | "cancel" | "retry"} Whole what is done to the whole execution
 */

/** @type {{ readonly [state: string]: string }} */
const marks = {
  running: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
  waiting: "M8 4.5V8l2.5 1.5",
  paused: "M6.3 5.5v5M9.7 5.5v5",
  completed: "M5 8.3l2.1 2.1L11 6.2",
  failed: "M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6",
  cancelled: "M5 8h6",
  skipped: "M5.5 5.7L8 8l-2.5 2.3M8.7 5.7L11.2 8l-2.5 2.3",
  pending: "",
};

/** The state's mark: told by form, not by colour alone. @param {string} state @param {Record<string, import("./dom.js").Value>} [properties] */
export function mark(state, properties = {}) {
  const turning = state === "running";
  return svg(
    "svg",
    {
      viewBox: "0 0 16 16",
      width: 16,
      height: 16,
      class: `mark ${state}`,
      "aria-hidden": "true",
      ...properties,
    },
    svg("circle", { cx: 8, cy: 8, r: turning ? 5.5 : 7, class: "disc" }),
    svg("path", { d: marks[state] ?? "", class: "sign" }),
    turning && svg("circle", { cx: 8, cy: 8, r: 2.2, class: "dot" }),
  );
}

/** The mark and the word. @param {string} state */
export function pill(state) {
  return h("span", { class: `pill ${state}` }, mark(state), state.charAt(0).toUpperCase() + state.slice(1));
}

/** A running execution in which nothing moves but by somebody's answer. @param {Summary} execution */
export function shownState({ state, progress }) {
  return state === "running" && progress.waiting.length > 0 ? "waiting" : state;
}

/** @param {Summary} execution */
export function progressOf({ state, progress }) {
  const { ended, entered, waiting } = progress;
  const steps = entered === 1 ? "step" : "steps";
  const done = `${ended} of ${entered} entered ${steps} ended`;
  if (state !== "running" || waiting.length === 0) return done;
  const more = waiting.length > 2 ? ` and ${waiting.length - 2} more` : "";
  return `${done}; waits at ${waiting.slice(0, 2).join(", ")}${more}`;
}

/** Of a for_each: how many of its items have come to an end. @param {NonNullable<import("../view.ts").StepView["items"]>} items */
export function itemsInWords({ all, ended, failed }) {
  const count = all === null ? `${ended} items done` : `${ended} of ${all} items done`;
  return failed > 0 ? `${count}, ${failed} failed` : count;
}

/** What the execution is about: its issue's or pull request's title, else the workflow's name. @param {Summary} execution */
export function titleOf({ subject, workflow }) {
  return subject?.title || workflow.name;
}

/** @param {import("./client.js").Refusal} error */
export function refusalBox(error) {
  const problems = error.problems ?? [];
  const listed = problems.length > 1 || problems[0]?.hint;
  return h(
    "div",
    { class: "refusal", role: "alert" },
    h("strong", {}, error.title ?? "It did not work"),
    listed
      ? h(
          "ul",
          {},
          problems.map(({ code, message, hint }) =>
            h("li", {}, h("code", {}, code), " ", message, hint && h("span", { class: "muted" }, ` ${hint}`)),
          ),
        )
      : h("p", {}, error.message),
  );
}

/** The commands for the whole execution in its state. @param {import("../view.ts").ExecutionView} view @returns {Whole[]} */
export function commandsFor({ state, held }) {
  switch (state) {
    case "running":
      return ["pause", "cancel"];
    case "paused":
      return held === null ? ["resume", "cancel"] : ["allow", "cancel"];
    case "failed":
    case "cancelled":
      return ["retry"];
    case "completed":
      return [];
    default:
      // Of a newer service than this page: nothing is known to fit.
      return [];
  }
}
