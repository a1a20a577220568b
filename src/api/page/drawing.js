import { h, svg } from "./dom.js";
import { layOut, readFlowchart } from "./flowchart.js";
import { itemsInWords, mark } from "./words.js";

/**
 * @typedef {import("./flowchart.js").Item} Item
 * @typedef {import("./flowchart.js").Box} Box
 * @typedef {ReadonlyMap<string, string>} States by a path without the items' numbers
 */

/** The order in which a step's many items count for the box around them. */
const order = ["failed", "waiting", "running", "completed", "skipped"];

/** The steps as they stand, from the flowchart's text and the execution's steps; null where there are none. @param {string} text @param {readonly import("../view.ts").StepView[]} steps */
export function draw(text, steps) {
  const chart = readFlowchart(text);
  if (chart.items.length === 0) return null;
  /** @type {Map<string, string>} */
  const states = new Map();
  for (const { path, state } of steps) {
    const key = path.replace(/\[\d*\]/g, "");
    const known = states.get(key);
    if (known === undefined || order.indexOf(state) < order.indexOf(known)) states.set(key, state);
  }
  /** @type {Map<string, string>} */
  const items = new Map();
  for (const { path, items: each } of steps) if (each) items.set(path, itemsInWords(each));
  const { width, height, boxes, lines } = layOut(chart);
  for (const { item } of boxes) item.what = items.get(item.path) ?? item.what;
  const others = lines.some(({ on }) => on !== "");
  return h(
    "figure",
    { class: "drawing" },
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "group", "aria-label": "Drawing of the steps" },
      svg(
        "svg",
        {
          width,
          height,
          viewBox: `0 0 ${width} ${height}`,
          role: "img",
          "aria-label": inWords(boxes, states),
        },
        svg("defs", {}, arrow("go", "head"), arrow("else", "head otherwise")),
        ...boxes.filter(({ item }) => item.inner).map((box) => group(box, states)),
        ...lines.map(line),
        ...boxes.filter(({ item }) => !item.inner).map((box) => step(box, states)),
      ),
    ),
    others && h("figcaption", { class: "muted" }, "Dashed: after a failure, a timeout or a skip."),
  );
}

/** @param {readonly Box[]} boxes @param {States} states */
function inWords(boxes, states) {
  return `${boxes.length} steps. ${boxes.map(({ item }) => `${item.path}: ${stateOf(item, states)}`).join(", ")}`;
}

/** As the table says it; the drawing's text says of a step alone whether this round has come to it. @param {Item} item @param {States} states */
function stateOf({ inner, path, state }, states) {
  return inner || state !== "pending" ? (states.get(path) ?? state) : state;
}

/** @param {string} id @param {string} name */
function arrow(id, name) {
  const properties = {
    id,
    viewBox: "0 0 8 8",
    refX: 7,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    orient: "auto",
  };
  return svg("marker", properties, svg("path", { d: "M1,1L7,4L1,7Z", class: name }));
}

/** @param {import("./flowchart.js").Line} line */
function line({ d, on, from, to }) {
  const properties = {
    d,
    class: on === "" ? "line" : "line otherwise",
    "marker-end": `url(#${on === "" ? "go" : "else"})`,
  };
  return svg("path", properties, svg("title", {}, `${from.name} → ${to.name}${on === "" ? "" : ` (${on})`}`));
}

/** @param {Box} box @param {States} states */
function group({ item, x, y, width, height }, states) {
  const state = stateOf(item, states);
  return svg(
    "g",
    { class: `group ${state}` },
    svg("rect", { x, y, width, height, rx: 8 }),
    item.path !== "finally" && mark(state, { x: x + 12, y: y + 9 }),
    svg(
      "text",
      { x: x + (item.path === "finally" ? 12 : 36), y: y + 21, class: "name" },
      short(item.name, 14),
      svg("tspan", { class: "kind", dx: 6 }, short(item.what, 26)),
    ),
    svg("title", {}, `${item.path}${item.what ? `: ${item.what}` : ""} (${state})`),
  );
}

/** @param {Box} box @param {States} states */
function step({ item, x, y, width, height }, states) {
  const state = stateOf(item, states);
  const room = Math.floor((width - 48) / 7);
  return svg(
    "g",
    { class: `node ${state}${item.handler ? " handler" : ""}` },
    svg("rect", { x, y, width, height, rx: 6 }),
    mark(state, { x: x + 12, y: y + height / 2 - 8 }),
    svg("text", { x: x + 38, y: y + 19, class: "name" }, short(item.name, room)),
    svg("text", { x: x + 38, y: y + 34, class: "kind" }, short(item.what, room)),
    svg("title", {}, `${item.path}: ${item.what} (${state})`),
  );
}

/** @param {string} text @param {number} most */
function short(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
