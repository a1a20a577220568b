import { asRefusal, me, token } from "./client.js";
import { h } from "./dom.js";
import { refusalBox } from "./words.js";

/**
 * Asks for a token, tries it, and goes on once it is somebody's.
 * @param {HTMLElement} main @param {() => void} onDone @param {import("./client.js").Refusal | null} [why]
 */
export function signIn(main, onDone, why = null) {
  const field = h("input", {
    id: "token",
    type: "password",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    required: true,
    "aria-describedby": "token-kinds",
  });
  const answer = h("div", {}, why && refusalBox(why));
  const button = h("button", { class: "primary", type: "submit" }, "Sign in");
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const given = field.value.trim();
    button.disabled = true;
    try {
      await me({ as: given });
      token.set(given);
      onDone();
    } catch (error) {
      answer.replaceChildren(refusalBox(asRefusal(error)));
      button.disabled = false;
      field.select();
      field.focus();
    }
  };
  main.replaceChildren(
    h(
      "section",
      { class: "card sign-in" },
      h("h1", {}, "Sign in"),
      answer,
      h(
        "form",
        { onsubmit: submit },
        h("label", { for: "token" }, "Token"),
        field,
        h(
          "div",
          { id: "token-kinds", class: "muted" },
          h("p", {}, "Either of these; it stays in this tab and is forgotten when you close it."),
          h(
            "dl",
            {},
            h("dt", {}, "Your own GitHub token"),
            h(
              "dd",
              {},
              "You see the repositories and may do what your role there allows. A fine-grained token with read access to these is enough; with the GitHub CLI, ",
              h("code", {}, "gh auth token"),
              " prints one.",
            ),
            h("dt", {}, "The operator’s token"),
            h(
              "dd",
              {},
              "Sees everything, but approves nothing: that is for people. It is HISHAMOS_API_TOKEN, or the file ",
              h("code", {}, "api-token"),
              " in the data directory.",
            ),
          ),
        ),
        button,
      ),
    ),
  );
  field.focus();
}
