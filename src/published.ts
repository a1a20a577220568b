import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";

/** What of the language editors read, by its address: the JSON Schemas that the package ships. */
const names = ["workflow", "agent", "config", "tests"] as const;
const texts = new Map<string, string>();

/** Answers `GET /schema/NAME.json`; false where the request is for something else. */
export function servePublished({ method, url }: IncomingMessage, response: ServerResponse): boolean {
  const name = names.find((each) => url === `/schema/${each}.json`);
  if (name === undefined || (method !== "GET" && method !== "HEAD")) return false;
  const text = texts.get(name) ?? readFileSync(new URL(`../schema/${name}.json`, import.meta.url), "utf8");
  texts.set(name, text);
  // Editors in a browser read it from wherever they are served.
  const headers = { "access-control-allow-origin": "*", "cache-control": "max-age=3600" };
  response.writeHead(200, { "content-type": "application/schema+json", ...headers });
  response.end(method === "HEAD" ? undefined : text);
  return true;
}
