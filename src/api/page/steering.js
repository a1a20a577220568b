import { asRefusal, steer } from "./client.js";
import { h, tell } from "./dom.js";
import { commandsFor, refusalBox } from "./words.js";

const labels = { allow: "Allow", pause: "Pause", resume: "Resume", cancel: "Cancel…", retry: "Retry…" };

/**
 * @typedef {import("../view.ts").ExecutionView} View
 * @typedef {import("../../engine/ports/gateway.ts").Steering} Steering
 * @typedef {{ step?: string, reason?: string, values?: unknown, latest?: boolean }} Body
 */

/** The buttons for the whole execution that fit its state. @param {View} view */
export function steeringButtons(view) {
  return commandsFor(view).map((command) => {
    const danger = command === "cancel" ? "danger" : "";
    /** @param {Event} event */
    const press = (event) => {
      if (command === "cancel") return askCancel(view);
      if (command === "retry") return askRetry(view);
      void perform(/** @type {HTMLElement} */ (event.currentTarget), view.id, command, {});
    };
    return h("button", { type: "button", class: danger, onclick: press }, labels[command]);
  });
}

/**
 * Sends it; what is refused stands beside the buttons until the next try.
 * @param {HTMLElement} button @param {string} id @param {Steering} command @param {Body} body
 */
export async function perform(button, id, command, body) {
  const place = answerPlace(button) ?? button;
  if (button.getAttribute("aria-disabled") === "true") return false;
  // Not disabled in earnest: the browser would take the focus away from it.
  button.setAttribute("aria-disabled", "true");
  place.replaceChildren();
  try {
    await steer(id, command, body);
    tell(`Sent: ${command}.`);
    if (!button.closest("dialog")) place.replaceChildren(taken());
    return true;
  } catch (error) {
    place.replaceChildren(refusalBox(asRefusal(error)));
    return false;
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** @param {Element | null} element */
function answerPlace(element) {
  return element?.closest("[data-answers]")?.querySelector(".answer") ?? null;
}

function taken() {
  return h("p", { class: "muted" }, "Taken. It shows here as soon as it is done.");
}

/** @param {View} view */
function askCancel(view) {
  const reason = h("input", { id: "cancel-reason", maxlength: "2000" });
  openDialog({
    title: "Cancel this execution?",
    text: "What is at work is given up; steps of finally still run. What was already done on GitHub stays.",
    fields: [h("label", { for: "cancel-reason" }, "Reason (optional; shown in the timeline)"), reason],
    keep: "Keep it going",
    submit: "Cancel execution",
    danger: true,
    send: (button) => perform(button, view.id, "cancel", withReason({}, reason)),
  });
}

/** @param {View} view */
function askRetry(view) {
  const from = h(
    "select",
    { id: "retry-from" },
    h("option", { value: "" }, "Where it ended"),
    ...view.steps
      .filter(({ path }) => !/[/[]/.test(path))
      .map(({ path, state }) => h("option", { value: path }, `${path} (${state})`)),
  );
  const latest = h("input", { id: "retry-latest", type: "checkbox" });
  openDialog({
    title: "Try again?",
    text: "What has completed before stays as it is.",
    fields: [
      h("label", { for: "retry-from" }, "From"),
      from,
      h("label", { class: "check", for: "retry-latest" }, latest, "With the newest definition"),
    ],
    keep: "Not now",
    submit: "Retry",
    send: (button) =>
      perform(button, view.id, "retry", {
        ...(from.value === "" ? {} : { step: from.value }),
        ...(latest.checked ? { latest: true } : {}),
      }),
  });
}

/** Asks why a step can't be done before it fails for it. @param {string} id @param {string} path */
export function askFail(id, path) {
  const reason = h("input", { id: "fail-reason", maxlength: "2000", required: true });
  openDialog({
    title: `Say that ${path} can't be done?`,
    text: "The step fails, for good in this run: what the workflow has for that comes next.",
    fields: [h("label", { for: "fail-reason" }, "Reason (shown in the timeline)"), reason],
    keep: "Not now",
    submit: "It can't be done",
    danger: true,
    send: (button) => perform(button, id, "fail", withReason({ step: path }, reason)),
  });
}

/** Asks before a step is left out. @param {string} id @param {string} path */
export function askSkip(id, path) {
  const reason = h("input", { id: "skip-reason", maxlength: "2000" });
  openDialog({
    title: `Skip ${path}?`,
    text: "It goes on without what this step would have given.",
    fields: [h("label", { for: "skip-reason" }, "Reason (optional; shown in the timeline)"), reason],
    keep: "Keep waiting",
    submit: "Skip step",
    send: (button) => perform(button, id, "skip", withReason({ step: path }, reason)),
  });
}

/** @param {Body} body @param {HTMLInputElement} field @returns {Body} */
export function withReason(body, field) {
  const reason = field.value.trim();
  return reason === "" ? body : { ...body, reason };
}

/**
 * The browser's own dialog: it keeps the focus, closes by Escape and gives the focus back.
 * @param {{ title: string, text: string, fields: HTMLElement[], keep: string, submit: string, danger?: boolean, send: (button: HTMLElement) => Promise<boolean> }} asked
 */
function openDialog({ title, text, fields, keep, submit, danger = false, send }) {
  const opener = document.activeElement;
  const button = h("button", { type: "submit", class: danger ? "danger solid" : "primary" }, submit);
  /** @type {HTMLDialogElement} */
  const dialog = h(
    "dialog",
    { "aria-labelledby": "dialog-title", "data-answers": true, onclose: () => dialog.remove() },
    h("h2", { id: "dialog-title" }, title),
    h("p", {}, text),
    h(
      "form",
      {
        onsubmit: async (/** @type {Event} */ event) => {
          event.preventDefault();
          if (!(await send(button))) return;
          dialog.close();
          // What stood in the dialog is gone with it.
          answerPlace(opener)?.replaceChildren(taken());
        },
      },
      ...fields,
      h("div", { class: "answer", "aria-live": "polite" }),
      h(
        "div",
        { class: "buttons end" },
        h("button", { type: "button", onclick: () => dialog.close() }, keep),
        button,
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
