import { me, token } from "./client.js";
import { byId, refreshTimes } from "./dom.js";
import { showExecution } from "./execution.js";
import { showList } from "./list.js";
import { signIn } from "./sign-in.js";

const main = byId("main");
const signOut = byId("sign-out");
const who = byId("who");
/** The token whose owner is shown. @type {string | null} */
let known = null;
let shown = new AbortController();

/** Shows what the address names: `#/?state=…` or `#/executions/ID`. */
function show() {
  shown.abort();
  shown = new AbortController();
  document.title = "HishamOS Workflows";
  const asked = token.get() !== null;
  signOut.hidden = !asked;
  void tellWho();
  if (!asked) return signIn(main, show);
  const options = { signal: shown.signal, onSignedOut };
  const [path = "", query = ""] = location.hash.slice(1).split("?");
  const id = /^\/executions\/([0-9a-f]{8,128})$/.exec(path)?.[1];
  if (id === undefined) showList(main, new URLSearchParams(query), options);
  else showExecution(main, id, options);
}

/** Asked once for a token. Where it can't be known now, what the page shows says why. */
async function tellWho() {
  const given = token.get();
  if (given === known) return;
  known = given;
  who.textContent = "";
  if (given === null) return;
  try {
    const { kind, login } = await me();
    if (known !== given) return;
    const named = { operator: "the operator", actions: `a job of ${login}`, user: login }[kind];
    who.textContent = `Signed in as ${named}`;
  } catch {
    known = null;
  }
}

/** @param {import("./client.js").Refusal} why */
function onSignedOut(why) {
  shown.abort();
  token.forget();
  void tellWho();
  signOut.hidden = true;
  signIn(main, show, why);
}

// The address is the page shown, so it is not the place on it, too.
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
signOut.addEventListener("click", () => {
  token.forget();
  location.hash = "#/";
  show();
});
addEventListener("hashchange", () => {
  show();
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
});
setInterval(refreshTimes, 15_000);
show();
