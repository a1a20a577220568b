import { asRefusal, executions } from "./client.js";
import { h, tell, time } from "./dom.js";
import { mark, progressOf, refusalBox, shownState, titleOf } from "./words.js";

const states = [
  ["", "All states"],
  ["running", "Running"],
  ["paused", "Paused"],
  ["completed", "Completed"],
  ["failed", "Failed"],
  ["cancelled", "Cancelled"],
];

/**
 * The executions that one may see. `query`: state, repository and cursor of the address; `onSignedOut` when the token is nobody's.
 * @typedef {import("../view.ts").ExecutionSummary} Summary
 * @param {HTMLElement} main @param {URLSearchParams} query
 * @param {{ signal: AbortSignal, onSignedOut: (why: import("./client.js").Refusal) => void }} shown
 */
export function showList(main, query, { signal, onSignedOut }) {
  const state = h(
    "select",
    { id: "state", name: "state" },
    ...states.map(([value, name]) => h("option", { value }, name)),
  );
  const repository = h("input", {
    id: "repository",
    name: "repository",
    placeholder: "owner/name",
    pattern: "[^\\/\\s]+\\/[^\\/\\s]+",
    title: "As owner/name",
    autocapitalize: "off",
    spellcheck: "false",
  });
  state.value = states.find(([value]) => value === query.get("state"))?.[0] ?? "";
  repository.value = query.get("repository") ?? "";
  const filters = () => ({ state: state.value, repository: repository.value.trim() });
  const form = h(
    "form",
    {
      class: "filters",
      role: "search",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        go(filters());
      },
    },
    h("label", { class: "unseen", for: "state" }, "State"),
    state,
    h("label", { class: "unseen", for: "repository" }, "Repository"),
    repository,
    h("button", { type: "submit" }, "Filter"),
  );
  state.addEventListener("change", () => form.reportValidity() && go(filters()));
  const refresh = h("button", { type: "button", onclick: () => load(true) }, "Refresh");
  const box = h("div", { class: "box", "aria-busy": "true" }, h("p", { class: "empty" }, "Loading…"));
  const pages = h("nav", { class: "pages", "aria-label": "Pages" });
  main.replaceChildren(h("div", { class: "head" }, h("h1", {}, "Executions"), refresh), form, box, pages);

  /** @param {boolean} again */
  async function load(again) {
    if (refresh.getAttribute("aria-disabled") === "true") return;
    // Not disabled in earnest: the browser would take the focus away from it.
    refresh.setAttribute("aria-disabled", "true");
    try {
      const asked = { ...filters(), cursor: query.get("cursor") };
      const found = await executions({ ...asked, limit: 25 }, { signal });
      show(found, asked);
      if (again) tell(`Refreshed: ${found.executions.length} executions.`);
    } catch (error) {
      if (signal.aborted) return;
      const refusal = asRefusal(error);
      if (refusal.status === 401) onSignedOut(refusal);
      else box.replaceChildren(refusalBox(refusal));
    } finally {
      box.setAttribute("aria-busy", "false");
      refresh.removeAttribute("aria-disabled");
    }
  }

  /** @param {{ executions: Summary[], next: string | null }} page @param {{ state: string, repository: string, cursor: string | null }} asked */
  function show({ executions: found, next }, asked) {
    const filtered = asked.state || asked.repository;
    const none = filtered
      ? "Nothing here is like that."
      : "There are no executions yet that you may see. They appear here once a workflow has started.";
    box.replaceChildren(
      found.length === 0 && !next
        ? h("p", { class: "empty" }, none)
        : h("ul", { class: "rows" }, ...found.map(row)),
    );
    pages.replaceChildren(
      ...[
        asked.cursor && h("a", { class: "button", href: address(filters()) }, "First page"),
        next &&
          h(
            "a",
            { class: "button", rel: "next", href: address({ ...filters(), cursor: next }) },
            "Next page",
          ),
      ].filter((one) => one instanceof HTMLElement),
    );
  }

  void load(false);
}

/** @param {Summary} execution */
function row(execution) {
  const { id, workflow, repository, subject, actor, updated_at: updated, error } = execution;
  const state = shownState(execution);
  return h(
    "li",
    { class: "row" },
    mark(state),
    h(
      "div",
      { class: "what" },
      h("a", { class: "title", href: `#/executions/${encodeURIComponent(id)}` }, titleOf(execution)),
      h(
        "p",
        { class: "muted" },
        h("span", { class: "unseen" }, `${state}: `),
        h("b", {}, workflow.name),
        ` in ${repository.full_name}${subject ? ` #${subject.number}` : ""}, started by ${actor}`,
      ),
      error && h("p", { class: "wrong" }, `${error.step}: ${error.message}`),
    ),
    h("div", { class: "how muted" }, h("span", {}, time(updated)), h("span", {}, progressOf(execution))),
  );
}

/** @typedef {{ state: string, repository: string, cursor?: string }} Query */
/** @param {Query} query */
function go(query) {
  location.hash = address(query);
}

/** @param {Query} query */
function address(query) {
  const entries = Object.entries(query).filter(([, value]) => value !== "");
  const given = new URLSearchParams(entries);
  return `#/${given.size > 0 ? `?${given.toString()}` : ""}`;
}
