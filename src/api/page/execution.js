import { asRefusal, drawing as fetchDrawing, largeValue, watch } from "./client.js";
import { h, keep, linkTo, tell, time } from "./dom.js";
import { draw } from "./drawing.js";
import { steeringButtons } from "./steering.js";
import { waitCard } from "./waits.js";
import { itemsInWords, mark, pill, progressOf, refusalBox, shownState, titleOf } from "./words.js";

/**
 * @typedef {import("../view.ts").ExecutionView} View
 * @typedef {import("../view.ts").StepView} Step
 * @typedef {import("../../engine/ports/gateway.ts").Wait} Wait
 * @typedef {{ signal: AbortSignal, onSignedOut: (why: import("./client.js").Refusal) => void }} Shown
 * @typedef {ReturnType<typeof frame>} Parts
 */

/** One execution, live until the signal ends it. @param {HTMLElement} main @param {string} id @param {Shown} shown */
export function showExecution(main, id, { signal, onSignedOut }) {
  const parts = frame(main);
  /** @type {View | null} */
  let shown = null;
  /** @type {readonly Wait[]} */
  let waits = [];
  let lost = false;

  void watch(id, {
    signal,
    onLine: (line) => {
      const live = line === "live";
      parts.line.className = live ? "line-state live" : "line-state lost";
      const words = live
        ? "Live"
        : `Connection lost; trying again in ${Math.max(1, Math.round(line / 1000))} s`;
      parts.line.textContent = words;
      // Else who listens still has the loss as the last word, where nothing changed meanwhile.
      if (!live) tell(words);
      else if (lost) tell("Connected again.");
      lost = !live;
    },
    onState: (view) => {
      const before = shown;
      shown = view;
      // What was announced shows now.
      if (before && !parts.answer.querySelector("[role=alert]")) parts.answer.replaceChildren();
      render(parts, view, waits);
      if (before) tell(changes(before, view));
      void redraw();
    },
  }).catch((error) => {
    if (error.status === 401) onSignedOut(error);
    else main.replaceChildren(back(), refusalBox(error));
  });

  // One question at a time; what changed meanwhile is asked about again.
  let asking = false;
  let drawn = -1;
  const newest = () => shown;
  async function redraw() {
    if (asking) return;
    asking = true;
    try {
      for (let view = newest(); view && drawn < view.revision && !signal.aborted; view = newest()) {
        const found = await fetchDrawing(id, { signal });
        drawn = view.revision;
        waits = found.waits;
        // What came meanwhile is newer than what is drawn, and drawn next.
        view = newest() ?? view;
        render(parts, view, waits);
        const picture = draw(found.mermaid, view.steps);
        parts.drawing.hidden = picture === null;
        if (picture) parts.drawing.lastElementChild?.replaceWith(picture);
      }
    } catch {
      // The next state asks again; the table says the same.
    } finally {
      asking = false;
    }
  }
}

function back() {
  return h("nav", { class: "crumbs", "aria-label": "Where this is" }, h("a", { href: "#/" }, "Executions"));
}

/** @param {HTMLElement} main */
function frame(main) {
  const parts = {
    head: h("div", { class: "execution-head" }),
    line: h("span", { class: "line-state" }, "Connecting…"),
    buttons: h("div"),
    answer: h("div", { class: "answer", "aria-live": "polite" }),
    waits: h("div", { class: "waits" }),
    steps: h("tbody", {}),
    drawing: section("Drawing", h("div", {})),
    timeline: h("ol", { class: "timeline" }),
    outputs: h("div", {}),
    facts: h("dl", { class: "facts" }),
  };
  parts.drawing.hidden = true;
  const answers = h("div", { "data-answers": true }, parts.buttons, parts.answer);
  const table = h(
    "table",
    { class: "steps" },
    h(
      "thead",
      {},
      h("tr", {}, ...["Step", "State", "Entered", "Time"].map((name) => h("th", { scope: "col" }, name))),
    ),
    parts.steps,
  );
  main.replaceChildren(
    h("div", { class: "head" }, back(), parts.line),
    parts.head,
    answers,
    h(
      "div",
      { class: "columns" },
      h(
        "div",
        {},
        parts.waits,
        section("Steps", h("div", { class: "box" }, table)),
        parts.outputs,
        section("Timeline", parts.timeline),
      ),
      h("div", {}, parts.drawing, section("About", parts.facts)),
    ),
  );
  return parts;
}

/** @param {string} title @param {...HTMLElement} content */
function section(title, ...content) {
  return h("section", {}, h("h2", {}, title), ...content);
}

/** @param {Parts} parts @param {View} view @param {readonly Wait[]} waits */
function render(parts, view, waits) {
  const state = shownState(view);
  document.title = `${state}: ${titleOf(view)}`;
  const about = JSON.stringify([state, titleOf(view), view.progress, view.error, view.held, view.queued_for]);
  keep(parts.head, [view], () => about, head);
  keep(
    parts.buttons,
    [view],
    ({ state: at, held, steps }) => `${at} ${held} ${steps.map(({ path }) => path).join(",")}`,
    (one) => h("div", { class: "buttons" }, ...steeringButtons(one)),
  );
  const waiting = waits.flatMap((wait) => {
    const step = view.steps.find(({ path, state: at }) => path === wait.step && at === "waiting");
    return step ? [{ wait, step }] : [];
  });
  /** @param {{ wait: Wait, step: Step }} asked */
  const cardKey = ({ wait, step }) =>
    JSON.stringify([wait, step.waits_for, step.question, step.entered_at, step.attempt]);
  keep(parts.waits, waiting, cardKey, ({ wait, step }) => waitCard(view.id, wait, step));
  keep(parts.steps, nested(view.steps), (row) => JSON.stringify(row), stepRow);
  const entries = view.timeline.map((entry, index) => ({ ...entry, index })).toReversed();
  keep(parts.timeline, entries, (entry) => JSON.stringify(entry), timelineEntry);
  keep(parts.outputs, hasContent(view.outputs) ? [view.outputs] : [], JSON.stringify, (outputs) =>
    section("Outputs", json(outputs)),
  );
  const { workflow, repository, subject, linked, spending, round } = view;
  const told = JSON.stringify([workflow, subject, linked, spending, round, view.updated_at, view.ended_at]);
  keep(
    parts.facts,
    facts(view),
    ([name]) => `${name} ${told} ${repository.id}`,
    ([name, ...content]) => h("div", {}, h("dt", {}, name), h("dd", {}, ...content)),
  );
}

/** @param {View} view */
function head(view) {
  const { workflow, repository, subject, error, state, held, queued_for: queued } = view;
  const place = `${repository.full_name}${subject ? ` #${subject.number}` : ""}`;
  return h(
    "div",
    {},
    h("h1", {}, titleOf(view)),
    h(
      "p",
      { class: "under" },
      pill(shownState(view)),
      h(
        "span",
        { class: "muted" },
        h("b", {}, workflow.name),
        " in ",
        subject ? linkTo(subject.url, place) : place,
      ),
    ),
    h("p", { class: "muted" }, `${progressOf(view)}.`),
    error && h("p", { class: "wrong" }, h("code", {}, error.step), ` ${error.code}: ${error.message}`),
    state === "paused" &&
      held !== null &&
      h(
        "p",
        {},
        `It waits to be allowed, because ${held}, who started it, has no role here. Nothing runs before that.`,
      ),
    queued !== null && h("p", {}, "It is queued: it begins when the one before it in its group has ended."),
  );
}

/** @param {View} view */
function facts(view) {
  const {
    workflow,
    actor,
    linked,
    parent,
    spending,
    round,
    started_at: started,
    updated_at: updated,
    ended_at: ended,
  } = view;
  const commit = workflow.commit ? ` at ${workflow.commit.slice(0, 7)}` : "";
  const pulls = linked.flatMap(({ number, url, state }, at) => [
    at > 0 && ", ",
    linkTo(url, `#${number}`),
    ` ${state}`,
  ]);
  const whole = parent && h("a", { href: `#/executions/${encodeURIComponent(parent)}` }, parent.slice(0, 8));
  const spent = `${spending.steps} steps entered`;
  const models = `, ${spending.tokens} tokens, ${spending.cost_usd.toFixed(2)} USD`;
  /** @type {[name: string, ...content: (string | HTMLElement | false)[]][]} */
  const told = [
    ["Workflow", h("code", {}, workflow.path), commit],
    ["Started", time(started), ` by ${actor}`],
    ended ? ["Ended", time(ended)] : ["Changed", time(updated)],
  ];
  if (pulls.length > 0) told.push(["Pull requests", ...pulls]);
  if (whole) told.push(["Part of", "execution ", whole]);
  if (round > 1) told.push(["Round", String(round)]);
  told.push(["Spent", spending.tokens > 0 ? spent + models : spent], ["Execution", h("code", {}, view.id)]);
  return told;
}

/** Each step below the one that it is in, with how deep that is and what it is called there. @param {readonly Step[]} steps */
function nested(steps) {
  const paths = new Map(steps.map((step) => [step.path, step]));
  const inside = Map.groupBy(steps, ({ path }) => around(path, paths));
  /** @param {string | null} parent @param {number} depth @returns {(Step & { name: string, depth: number })[]} */
  const list = (parent, depth) =>
    (inside.get(parent) ?? []).flatMap((step) => [
      {
        ...step,
        depth,
        name: parent === null ? step.path : step.path.slice(parent.length).replace(/^\//, ""),
      },
      ...list(step.path, depth + 1),
    ]);
  return list(null, 0);
}

/** @param {string} path @param {ReadonlyMap<string, Step>} paths */
function around(path, paths) {
  let at = path;
  while (at !== "") {
    at = at.endsWith("]") ? at.slice(0, at.lastIndexOf("[")) : at.slice(0, Math.max(0, at.lastIndexOf("/")));
    if (paths.has(at)) return at;
  }
  return null;
}

/** @param {Step & { name: string, depth: number }} row */
function stepRow({
  path,
  name,
  depth,
  state,
  waits_for: waits,
  visits,
  attempt,
  entered_at: entered,
  ended_at: ended,
  output,
  error,
  items,
  child,
}) {
  const visited = `${visits}×${attempt > 1 ? `, attempt ${attempt}` : ""}`;
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row", title: path },
      h(
        "div",
        { class: `deep-${Math.min(depth, 4)}` },
        h("code", {}, name),
        items && h("p", { class: "muted" }, itemsInWords(items)),
        child && h("p", {}, h("a", { href: `#/executions/${encodeURIComponent(child)}` }, "Its execution")),
        error && h("p", { class: "wrong" }, `${error.code}: ${error.message}`),
        hasContent(output) && h("details", {}, h("summary", {}, "Output"), json(output)),
      ),
    ),
    h(
      "td",
      {},
      h(
        "span",
        { class: `state ${state}` },
        mark(state),
        state === "waiting" ? `waits for ${wordFor[waits ?? ""] ?? waits}` : state,
      ),
    ),
    h("td", { class: "muted" }, visited),
    h("td", { class: "muted" }, ended ? took(Date.parse(ended) - Date.parse(entered)) : time(entered)),
  );
}

/** @type {{ readonly [what: string]: string }} */
const wordFor = {
  person: "a person",
  pull_request: "a pull request",
  delay: "its time",
  event: "an event",
  run: "a run",
  retry: "another attempt",
  repeat: "its next iteration",
};

/** @param {View["timeline"][number]} entry */
function timelineEntry({ at, by, what, step, reason }) {
  return h(
    "li",
    {},
    h(
      "span",
      {},
      h("b", {}, by ?? "hishamos"),
      ` ${what.replaceAll("_", " ")}`,
      step && " ",
      step && h("code", {}, step),
      reason && h("q", {}, reason),
    ),
    " ",
    h("span", { class: "muted" }, time(at)),
  );
}

/** What a listener is told: what has changed from one state to the next. @param {View} before @param {View} now */
function changes(before, now) {
  const old = new Map(before.steps.map((step) => [step.path, step.state]));
  const moved = now.steps.filter(({ path, state }) => old.get(path) !== state);
  const told = moved.slice(-3).map(({ path, state }) => `${path} is ${state}`);
  if (before.state !== now.state) told.unshift(`The execution is ${now.state}`);
  return told.join(". ");
}

/** @param {number} ms */
function took(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return "under 1 s";
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** The value; one that is large is loaded when it is asked for. @param {unknown} value */
function json(value) {
  const href = /** @type {{ $large?: { href?: unknown } } | null} */ (value)?.$large?.href;
  if (typeof href === "string") return large(href);
  return h("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));
}

/** More of a text is no reading. */
const mostShown = 200_000;

/** @param {string} href */
function large(href) {
  const button = h("button", { type: "button", onclick: () => void show() }, "Show this large value");
  const box = h("div", {}, button);
  const show = async () => {
    try {
      const text = await largeValue(href);
      const cut = text.length > mostShown;
      const note = cut && h("p", { class: "muted" }, `The first ${mostShown} of ${text.length} characters.`);
      const shown = h("pre", { tabindex: "0" }, cut ? text.slice(0, mostShown) : text);
      box.replaceChildren(...(note ? [note, shown] : [shown]));
      shown.focus();
    } catch (error) {
      box.replaceChildren(refusalBox(asRefusal(error)), button);
    }
  };
  return box;
}

/** @param {unknown} value */
function hasContent(value) {
  return (
    value !== null && value !== undefined && (typeof value !== "object" || Object.keys(value).length > 0)
  );
}
