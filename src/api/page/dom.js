/** What a page is made of. Text only ever comes in as text: nothing here reads HTML. */

const svgNamespace = "http://www.w3.org/2000/svg";

/** @typedef {string | number | boolean | null | undefined | ((event: Event) => unknown)} Value of a property */
/** @typedef {Node | string | number | null | undefined | false} Part */

/**
 * An element; of its properties, functions are listeners (`onclick`), `true` is an empty attribute, and null, undefined
 * and false are left out.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name @param {Record<string, Value>} [properties] @param {...(Part | Part[])} parts
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function h(name, properties = {}, ...parts) {
  const element = document.createElement(name);
  fill(element, properties, parts);
  return element;
}

/**
 * The same for what is drawn.
 * @param {string} name @param {Record<string, Value>} [properties] @param {...(Part | Part[])} parts
 * @returns {SVGElement}
 */
export function svg(name, properties = {}, ...parts) {
  const element = document.createElementNS(svgNamespace, name);
  fill(element, properties, parts);
  return element;
}

/** @param {Element} element @param {Record<string, Value>} properties @param {(Part | Part[])[]} parts */
function fill(element, properties, parts) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const part of parts.flat()) {
    if (part === null || part === undefined || part === false) continue;
    element.append(part instanceof Node ? part : document.createTextNode(String(part)));
  }
}

/**
 * What index.html has under this id.
 * @param {string} id @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

/** A link out, where the address is one of the web: whatever else it may be, it is shown as text. @param {unknown} url @param {...(Part | Part[])} parts */
export function linkTo(url, ...parts) {
  const safe = typeof url === "string" && /^https?:\/\//i.test(url);
  return safe
    ? h("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, ...parts)
    : h("span", {}, ...parts);
}

/**
 * Makes a parent's children those of the items, in order, and keeps what is there under the same key: what somebody
 * types into, unfolds or has the focus on stays.
 * @template Item
 * @param {HTMLElement} parent @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf @param {(item: Item) => HTMLElement} make
 */
export function keep(parent, items, keyOf, make) {
  const children = /** @type {HTMLElement[]} */ ([...parent.children]);
  const before = new Map(children.map((child) => [child.dataset["key"], child]));
  const wanted = items.map((item) => {
    const key = keyOf(item);
    const known = before.get(key);
    if (known) return known;
    const made = make(item);
    made.dataset["key"] = key;
    return made;
  });
  const kept = new Set(wanted);
  const focused = [...before.values()].some(
    (child) => !kept.has(child) && child.contains(document.activeElement),
  );
  for (const child of children) if (!kept.has(child)) child.remove();
  for (const [index, child] of wanted.entries()) {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  }
  // Whoever goes by the keyboard would else begin at the top of the page again.
  if (focused) {
    const next = parent.querySelector("button, input, select, textarea") ?? parent.closest("main");
    if (next instanceof HTMLElement) next.focus();
  }
}

/** Says it to those who listen instead of looking. @param {string} text */
export function tell(text) {
  const told = document.getElementById("told");
  if (told && told.textContent !== text) told.textContent = text;
}

/** A time as people say it, exact when pointed at; `refreshTimes` keeps it true. @param {string} iso */
export function time(iso) {
  const at = new Date(iso);
  return h("time", { datetime: iso, title: at.toLocaleString(), class: "ago" }, ago(at.getTime()));
}

export function refreshTimes() {
  for (const each of document.querySelectorAll("time.ago")) {
    const text = ago(Date.parse(each.getAttribute("datetime") ?? ""));
    if (each.textContent !== text) each.textContent = text;
  }
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
/** @type {readonly (readonly [Intl.RelativeTimeFormatUnit, number])[]} */
const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** @param {number} at */
function ago(at) {
  const seconds = Math.round((at - Date.now()) / 1000);
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}
