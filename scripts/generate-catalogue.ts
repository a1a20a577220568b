// Writes src/definition/catalogue.generated.ts: the octokit.rest methods, webhook events and App permissions
// that definitions may name, from the installed packages. `--check` only says whether the file is current.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

interface OpenApi {
  readonly schemas: Readonly<Record<string, OpenApiDocument>>;
}
interface OpenApiDocument {
  readonly components: {
    readonly schemas: Readonly<
      Record<string, { readonly properties: Readonly<Record<string, { readonly enum: readonly string[] }>> }>
    >;
  };
}

const target = "src/definition/catalogue.generated.ts";
const installed = (path: string): string => pathToFileURL(`node_modules/${path}`).href;

const endpoints = (
  (await import(installed("@octokit/plugin-rest-endpoint-methods/dist-src/generated/endpoints.js"))) as {
    readonly default: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }
).default;
const methods = Object.entries(endpoints).flatMap(([scope, names]) =>
  Object.keys(names).map((name) => `${scope}.${name}`),
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

const require = createRequire(import.meta.url);
const document = (require("@octokit/openapi") as OpenApi).schemas["api.github.com"];
const permissions = Object.entries(document?.components.schemas["app-permissions"]?.properties ?? {})
  .filter(
    ([name]) =>
      !/^(organization|enterprise|custom_properties|members|email|followers|git_ssh|gpg|interaction|profile|starring)/.test(
        name,
      ),
  )
  .map(([name, value]) => [name, value.enum.filter((access) => access !== "admin")] as const);

const text = `// Written by scripts/generate-catalogue.ts from the installed @octokit packages; not to be edited.

/** The methods of octokit.rest, as \`issues.addLabels\`. */
export const restMethods: ReadonlySet<string> = new Set(
  \`
${wrap(methods)}
\`.trim().split(/\\s+/),
);

/** Webhook events and the actions that GitHub sends them with. */
export const webhookEvents: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(${JSON.stringify(events, null, 2)}),
);

/** Repository permissions of a GitHub App and the access each can be given. */
export const appPermissions: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(${JSON.stringify(Object.fromEntries(permissions), null, 2)}),
);
`;

function wrap(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 110) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

if (process.argv.includes("--check")) {
  const current = readFileSync(target, "utf8") === text;
  console.log(
    current ? `${target} is current` : `${target} is out of date: run scripts/generate-catalogue.ts`,
  );
  process.exitCode = current ? 0 : 1;
} else {
  writeFileSync(target, text);
  console.log(`wrote ${target}: ${methods.length} methods, ${Object.keys(events).length} events`);
}
