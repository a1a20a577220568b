import type { Answers, Settled } from "./form.ts";

/** What the page shows; each stage has its own. */
export type View =
  | {
      readonly stage: "asking";
      readonly answers: Answers;
      readonly settled: Settled;
      readonly wrong: readonly string[];
      readonly token: string;
    }
  | {
      readonly stage: "confirming";
      readonly manifest: { readonly [field: string]: unknown };
      readonly permissions: Readonly<Record<string, string>>;
      readonly action: string;
      readonly webhook: string;
      readonly wrong: readonly string[];
    }
  | {
      readonly stage: "made";
      readonly name: string;
      readonly page: string;
      readonly stored: string;
      readonly webhook: string;
      readonly heard: readonly { readonly event: string; readonly at: string }[];
      readonly running: boolean;
      /** Whether repositories are offered a first workflow. */
      readonly onboarding: boolean;
      readonly told: string | null;
      readonly token: string;
    }
  | { readonly stage: "refused"; readonly why: string };

export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Seconds between two looks at whether the ping has come: no script is needed for that. */
const refreshSeconds = 3;

/** The page with a policy that lets nothing run and nothing come from elsewhere; forms go here, or to GitHub alone. */
export function renderPage(view: View, nonce: string): Page {
  const target = view.stage === "confirming" ? ` ${new URL(view.action).origin}` : "";
  const live = view.stage === "made" ? `<meta http-equiv="refresh" content="${refreshSeconds}">` : "";
  return {
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${live}
<title>Set up HishamOS Workflows</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1>Set up HishamOS Workflows</h1>
${steps(view.stage)}
${bodyOf(view)}
</main>
</body>
</html>
`,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'${target}; base-uri 'none'; frame-ancestors 'none'`,
      // The path is not told to GitHub; a form that goes there may need its origin.
      "referrer-policy": "strict-origin",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  };
}

const order = [
  ["asking", "Say where"],
  ["confirming", "Create the App on GitHub"],
  ["made", "Install it"],
] as const;

function steps(stage: View["stage"]): string {
  if (stage === "refused") return "";
  const items = order.map(
    ([name, text]) => `<li${name === stage ? ' aria-current="step"' : ""}>${text}</li>`,
  );
  return `<ol class="steps">${items.join("")}</ol>`;
}

function bodyOf(view: View): string {
  switch (view.stage) {
    case "asking":
      return asking(view);
    case "confirming":
      return confirming(view);
    case "made":
      return made(view);
    case "refused":
      return `<p>${escape(view.why)}</p>`;
    default:
      return unknownStage(view);
  }
}

function unknownStage(view: never): never {
  throw new Error(`no such stage: ${JSON.stringify(view)}`);
}

function asking({ answers, settled, wrong, token }: Extract<View, { stage: "asking" }>): string {
  const checked = (yes: boolean) => (yes ? " checked" : "");
  const host =
    settled.github === null
      ? `<label>GitHub's host <input name="host" value="${escape(answers.host)}" placeholder="github.com" autocomplete="off" spellcheck="false"></label>
<p class="hint">Leave github.com, or name your GitHub Enterprise Server.</p>`
      : `<p>GitHub is <code>${escape(settled.github)}</code>, as GHE_HOST says.</p>`;
  return `<p>A GitHub App lets this service hear of issues, pull requests and comments, and answer there. It is made in two clicks and belongs to you.</p>
${errors(wrong)}
<form method="post" action="/setup/app">
<input type="hidden" name="token" value="${escape(token)}">
<fieldset>
<legend>Who is to own it</legend>
<label><input type="radio" name="owner" value="user"${checked(answers.owner === "user")}> My own account</label>
<label><input type="radio" name="owner" value="organization"${checked(answers.owner === "organization")}> An organisation</label>
<label>Its name <input name="organization" value="${escape(answers.organization)}" placeholder="acme" autocomplete="off" spellcheck="false"></label>
${host}
<label>The App's name <input name="name" value="${escape(answers.name)}" maxlength="34" required></label>
<p class="hint">No two Apps of one GitHub have the same name.</p>
</fieldset>
${webhookFields(answers, settled, checked)}
<button>Continue</button>
</form>`;
}

function webhookFields(answers: Answers, { publicUrl, channel }: Settled, checked: (yes: boolean) => string) {
  if (publicUrl !== null)
    return `<p>GitHub delivers its webhooks to <code>${escape(publicUrl)}</code>, as HISHAMOS_URL says.</p>`;
  if (channel !== null)
    return `<p>Webhooks come through the channel <code>${escape(channel)}</code>, as WEBHOOK_PROXY_URL says.</p>`;
  return `<fieldset>
<legend>How GitHub reaches this service</legend>
<label><input type="radio" name="way" value="channel"${checked(answers.way === "channel")}> Through a channel of smee.io: for trying it out on this machine</label>
<label>A channel that you have <input name="channel" value="${escape(answers.channel)}" placeholder="a new one is made" autocomplete="off" spellcheck="false"></label>
<p class="hint">Whoever knows a channel's address can read what comes through it. Use it for repositories that may be seen.</p>
<label><input type="radio" name="way" value="address"${checked(answers.way === "address")}> By its own address</label>
<label>Its address <input name="address" value="${escape(answers.address)}" placeholder="https://hishamos.example" autocomplete="off" spellcheck="false"></label>
</fieldset>`;
}

function confirming(view: Extract<View, { stage: "confirming" }>): string {
  const rows = Object.entries(view.permissions).map(
    ([name, level]) => `<tr><td>${escape(name.replaceAll("_", " "))}</td><td>${escape(level)}</td></tr>`,
  );
  return `${errors(view.wrong)}<p>GitHub shows the App once more and creates it when you confirm. Its webhooks go to <code>${escape(view.webhook)}</code>.</p>
<form method="post" action="${escape(view.action)}">
<input type="hidden" name="manifest" value="${escape(JSON.stringify(view.manifest))}">
<button>Create the App on ${escape(new URL(view.action).host)}</button>
</form>
<p><a href="/setup/again">Change the answers</a></p>
<details><summary>What it may do, in the repositories where you install it</summary><table>${rows.join("")}</table></details>`;
}

function made(view: Extract<View, { stage: "made" }>): string {
  const ping =
    view.heard.length === 0
      ? `<p class="waiting" role="status">No signed webhook has reached this service yet. GitHub sends a ping once the App is made; this page looks again by itself.</p>
<form method="post" action="/setup/ping"><input type="hidden" name="token" value="${escape(view.token)}"><button class="second">Have GitHub send the ping again</button></form>`
      : `<p class="good" role="status">Webhooks arrive, signed with this App's secret:</p>
<ul>${view.heard.map(({ event, at }) => `<li><code>${escape(event)}</code> at ${escape(at)}</li>`).join("")}</ul>`;
  return `<p class="good">The App <strong>${escape(view.name)}</strong> is made. Its credentials are in <code>${escape(view.stored)}</code>, readable for this service's user alone; the next start finds them there.</p>
<p><a class="button" href="${escape(view.page)}/installations/new" target="_blank" rel="noopener noreferrer">Install it on repositories</a></p>
${view.onboarding ? offer : ""}
<h2>Do webhooks arrive?</h2>
<p>They go to <code>${escape(view.webhook)}</code>.</p>
${view.told === null ? "" : `<p role="status">${escape(view.told)}</p>`}
${ping}
<p>The service ${view.running ? "is running" : "is starting"}. You can close this page.</p>`;
}

const offer =
  "<p>Repositories without workflows then get a pull request that offers a first one, and says how to try it.</p>";

function errors(wrong: readonly string[]): string {
  if (wrong.length === 0) return "";
  return `<ul class="wrong" role="alert">${wrong.map((one) => `<li>${escape(one)}</li>`).join("")}</ul>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

const style = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--back:#fff;--good:#1a7f37;--bad:#d1242f;--act:#0969da}
@media(prefers-color-scheme:dark){:root{--ink:#f0f6fc;--soft:#9198a1;--line:#3d444d;--back:#0d1117;--good:#3fb950;--bad:#f85149;--act:#4493f8}}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:40rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
.steps{display:flex;flex-wrap:wrap;gap:.5rem 2rem;padding-left:1.2rem;color:var(--soft)}
.steps [aria-current]{color:var(--ink);font-weight:600}
fieldset{border:1px solid var(--line);border-radius:6px;margin:0 0 1rem;padding:1rem}
label{display:block;margin:.4rem 0}
input:not([type=radio]){display:block;box-sizing:border-box;width:100%;padding:.4rem;border:1px solid var(--line);border-radius:6px;background:var(--back);color:var(--ink);font:inherit}
button,.button{display:inline-block;padding:.5rem 1rem;border:1px solid var(--act);border-radius:6px;background:var(--act);color:var(--back);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.second{background:var(--back);color:var(--act)}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
code{font-size:.9em;overflow-wrap:anywhere}
td{padding:.1rem 1rem .1rem 0}
.hint{margin:.2rem 0;color:var(--soft);font-size:.9rem}
.good{color:var(--good)}.wrong{color:var(--bad)}
a{color:var(--act)}
`;
