import { h } from "./dom.js";
import { askFail, askSkip, perform, withReason } from "./steering.js";
import { mark } from "./words.js";

/**
 * @typedef {{ type?: string, enum?: unknown[], description?: string, minimum?: number, maximum?: number }} Property
 * @typedef {{ properties?: Record<string, Property>, required?: string[] }} Schema
 * @typedef {{ body: { values?: unknown } } | { wrong: string }} Read
 * @typedef {{ elements: (HTMLElement | null)[], read: () => Read }} Fields
 */

/**
 * What one step waits for, and the form to answer it. `wait` is the API's words, `step` its state.
 * @param {string} id @param {import("../../engine/ports/gateway.ts").Wait} wait @param {import("../view.ts").StepView} step
 */
export function waitCard(id, wait, step) {
  const { step: path, what, who, answer } = wait;
  const form =
    step.waits_for === "approval"
      ? approvalForm(id, path)
      : step.waits_for === "person"
        ? answerForm(id, path, answer)
        : skipForm(id, path);
  return h(
    "section",
    { class: "card wait", "data-answers": true, "aria-label": `${path} waits` },
    h("h3", {}, mark("waiting"), h("span", {}, h("code", {}, path), ` waits for ${plain(what)}`)),
    who && h("p", { class: "muted" }, `From ${plain(who)}`),
    step.question && h("p", { class: "question" }, step.question),
    form,
    h("div", { class: "answer", "aria-live": "polite" }),
  );
}

/** The words may hold a Markdown link, as to a run of Actions: here its text is enough. @param {string} text */
function plain(text) {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}

/** @param {string} id @param {string} path */
function skipButton(id, path) {
  return h("button", { type: "button", onclick: () => askSkip(id, path) }, "Skip…");
}

/** @param {string} id @param {string} path */
function failButton(id, path) {
  return h("button", { type: "button", onclick: () => askFail(id, path) }, "Can’t be done…");
}

/** @param {string} id @param {string} path */
function skipForm(id, path) {
  return h("div", { class: "buttons" }, skipButton(id, path));
}

/** @param {string} id @param {string} path */
function approvalForm(id, path) {
  const reason = h("input", { id: `reason-${path}`, maxlength: "2000" });
  /** @param {"approve" | "reject"} command */
  const press = (command) => (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    void perform(button, id, command, withReason({ step: path }, reason));
  };
  return h(
    "form",
    { onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    h("label", { for: `reason-${path}` }, "Reason (optional; shown in the timeline)"),
    reason,
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "primary", onclick: press("approve") }, "Approve"),
      h("button", { type: "button", class: "danger", onclick: press("reject") }, "Reject"),
    ),
  );
}

/** Fields for what the step's schema asks for; null: it is not answered by values, a pull request is. @param {string} id @param {string} path @param {Schema | null} schema */
function answerForm(id, path, schema) {
  if (schema === null) return h("div", { class: "buttons" }, failButton(id, path), skipButton(id, path));
  const fields = fieldsOf(path, schema);
  const button = h("button", { type: "submit", class: "primary" }, "Done");
  const problem = h("p", { class: "wrong", role: "alert", hidden: true });
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const read = fields.read();
    problem.hidden = !("wrong" in read);
    problem.textContent = "wrong" in read ? read.wrong : "";
    if ("body" in read) void perform(button, id, "done", { step: path, ...read.body });
  };
  return h(
    "form",
    { onsubmit: submit },
    ...fields.elements,
    problem,
    h("div", { class: "buttons" }, button, failButton(id, path), skipButton(id, path)),
  );
}

const simple = ["string", "integer", "number", "boolean"];

/** @param {string} path @param {Schema} schema @returns {Fields} */
function fieldsOf(path, { properties = {}, required = [] }) {
  const named = Object.entries(properties);
  const all =
    named.length > 0 && named.every(([, { type, enum: values }]) => simple.includes(type ?? "") || values);
  return all ? oneEach(path, named, required) : asJson(path, named);
}

/** @param {string} path @param {[string, Property][]} named @param {readonly string[]} required @returns {Fields} */
function oneEach(path, named, required) {
  const made = named.map(([name, schema]) => ({
    name,
    ...oneField(`${path}-${name}`, name, schema, required.includes(name)),
  }));
  return {
    elements: made.flatMap(({ elements }) => elements),
    read: () => {
      const given = made.map(({ name, read }) => [name, read()]).filter(([, value]) => value !== undefined);
      return { body: { values: Object.fromEntries(given) } };
    },
  };
}

/** @param {string} id @param {string} name @param {Property} property @param {boolean} required */
function oneField(id, name, { type, enum: values, description, minimum, maximum }, required) {
  const label = [name, !required && h("span", { class: "muted" }, " (optional)")];
  const help =
    description === undefined ? null : h("p", { class: "muted help", id: `${id}-help` }, description);
  const shared = {
    id,
    required: required && type !== "boolean",
    "aria-describedby": help ? `${id}-help` : null,
  };
  if (type === "boolean" && !values) {
    const box = h("input", { ...shared, type: "checkbox" });
    return {
      elements: [h("label", { class: "check", for: id }, box, ...label), help],
      read: () => box.checked,
    };
  }
  const numeric = type === "integer" || type === "number";
  const field = values
    ? h(
        "select",
        shared,
        h("option", { value: "" }, ""),
        ...values.map((one, at) => h("option", { value: at }, String(one))),
      )
    : numeric
      ? h("input", {
          ...shared,
          type: "number",
          step: type === "integer" ? "1" : "any",
          min: minimum,
          max: maximum,
        })
      : h("textarea", { ...shared, rows: "2" });
  const read = () => {
    if (field.value === "") return required && !numeric && !values ? "" : undefined;
    return values ? values[Number(field.value)] : numeric ? Number(field.value) : field.value;
  };
  return { elements: [h("label", { for: id }, ...label), help, field], read };
}

/** @param {string} path @param {[string, Property][]} named @returns {Fields} */
function asJson(path, named) {
  const id = `values-${path}`;
  const skeleton = Object.fromEntries(
    named.map(([name, { type }]) => [name, type === "array" ? [] : type === "object" ? {} : null]),
  );
  const field = h("textarea", { id, class: "code", rows: "6", spellcheck: "false" });
  field.value = named.length > 0 ? JSON.stringify(skeleton, null, 2) : "";
  return {
    elements: [h("label", { for: id }, "Values, as JSON"), field],
    read: () => {
      const text = field.value.trim();
      if (text === "") return { body: {} };
      try {
        return { body: { values: JSON.parse(text) } };
      } catch (error) {
        return { wrong: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
      }
    },
  };
}
