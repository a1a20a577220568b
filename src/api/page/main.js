import { token } from "./client.js";
import { refreshTimes } from "./dom.js";
import { showExecution } from "./execution.js";
import { showList } from "./list.js";
import { signIn } from "./sign-in.js";

const main = document.getElementById("main");
const signOut = document.getElementById("sign-out");
let shown = new AbortController();

/** Shows what the address names: `#/?state=…` or `#/executions/ID`. */
function show() {
  shown.abort();
  shown = new AbortController();
  document.title = "HishamOS Workflows";
  const asked = token.get() !== null;
  signOut.hidden = !asked;
  if (!asked) return signIn(main, show);
  const options = { signal: shown.signal, onSignedOut };
  const [path = "", query = ""] = location.hash.slice(1).split("?");
  const id = /^\/executions\/([0-9a-f]{8,128})$/.exec(path)?.[1];
  if (id === undefined) showList(main, new URLSearchParams(query), options);
  else showExecution(main, id, options);
}

function onSignedOut(why) {
  shown.abort();
  token.forget();
  signOut.hidden = true;
  signIn(main, show, why);
}

// The address is the page shown, so it is not the place on it, too.
document.querySelector(".skip").addEventListener("click", (event) => {
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
