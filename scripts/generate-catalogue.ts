// Writes src/definition/catalogue.generated.ts, the webhook events and App permissions that definitions may name, and
// src/definition/actions/methods.generated.ts, what every method of octokit.rest takes and needs; both from the
// installed packages. `--check` only says whether they are current.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createDescriber, readOpenApi } from "./catalogue/openapi.ts";

const installed = (path: string): string => pathToFileURL(`node_modules/${path}`).href;

const endpoints = (
  (await import(installed("@octokit/plugin-rest-endpoint-methods/dist-src/generated/endpoints.js"))) as {
    readonly default: Readonly<
      Record<string, Readonly<Record<string, readonly [route: string, ...unknown[]]>>>
    >;
  }
).default;
const document = readOpenApi();
const describe = createDescriber(document);
const methods = Object.entries(endpoints).flatMap(([scope, names]) =>
  Object.entries(names).map(([name, [route]]) => `${scope}.${name} ${JSON.stringify(describe(route))}`),
);

const { emitterEventNames } = (await import(installed("@octokit/webhooks/dist-bundle/index.js"))) as {
  readonly emitterEventNames: readonly string[];
};
const events: Record<string, string[]> = {};
for (const name of emitterEventNames) {
  const [event = "", ...action] = name.split(".");
  events[event] ??= [];
  // The list has one sample of repository_dispatch, whose actions are the sender's own.
  if (action.length === 1) events[event].push(action.join("."));
}

const permissions = Object.entries(document.components.schemas["app-permissions"]?.properties ?? {})
  .filter(
    ([name]) =>
      !/^(organization|enterprise|custom_properties|members|email|followers|git_ssh|gpg|interaction|profile|starring)/.test(
        name,
      ),
  )
  .map(([name, value]) => [name, value.enum?.filter((access) => access !== "admin")] as const);

const note =
  "// Written by scripts/generate-catalogue.ts from the installed @octokit packages; not to be edited.";

const files = {
  "src/definition/catalogue.generated.ts": `${note}

/** Webhook events and the actions that GitHub sends them with. */
export const webhookEvents: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(${JSON.stringify(events, null, 2)}),
);

/** Repository permissions of a GitHub App and the access each can be given. */
export const appPermissions: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(${JSON.stringify(Object.fromEntries(permissions), null, 2)}),
);
`,
  "src/definition/actions/methods.generated.ts": `${note}

/** The methods of octokit.rest, one a line: its name and, as JSON, its MethodEntry. */
export const methodLines = \`\\
${methods.join("\n").replaceAll(/[\\`]|\$(?=\{)/g, "\\$&")}\`;
`,
};

for (const [target, text] of Object.entries(files)) {
  if (process.argv.includes("--check")) {
    const current = readFileSync(target, "utf8") === text;
    console.log(
      current ? `${target} is current` : `${target} is out of date: run scripts/generate-catalogue.ts`,
    );
    if (!current) process.exitCode = 1;
  } else {
    writeFileSync(target, text);
    console.log(`wrote ${target}: ${text.length} characters`);
  }
}
