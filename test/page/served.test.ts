import { readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servePage } from "../../src/api/page.ts";

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((req, res) => {
    if (!servePage(req, res)) res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const files = readdirSync(new URL("../../src/api/page/", import.meta.url)).filter(
  (name) => name !== "tsconfig.json",
);
const types = { html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml" };

test.for(files)("%s is served, for nobody's frame and as nothing but what it is", async (name) => {
  const ending = name.slice(name.lastIndexOf(".") + 1) as keyof typeof types;
  const answer = await fetch(`${url}${name === "index.html" ? "/" : `/assets/${name}`}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toMatch(types[ending]);
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
  const policy = (answer.headers.get("content-security-policy") ?? "").split("; ");
  expect(policy).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ]),
  );
  expect(policy.join(" ")).not.toMatch(/unsafe|\*|https?:/);
});

test("what is known already is not sent again, and what has changed is", async () => {
  const first = await fetch(`${url}/`);
  const etag = first.headers.get("etag") ?? "";
  expect([etag, first.headers.get("cache-control")]).toEqual([
    expect.stringMatching(/^"[\w-]{22}"$/),
    "no-cache",
  ]);
  const ask = (known: string) => fetch(`${url}/`, { headers: { "if-none-match": known } });
  for (const known of [etag, `"other", ${etag}`, `W/${etag}`, "*"]) {
    const again = await ask(known);
    expect([known, again.status, await again.text(), again.headers.get("etag")]).toEqual([
      known,
      304,
      "",
      etag,
    ]);
  }
  expect((await ask('"other"')).status).toBe(200);
});

test("a HEAD has the headers alone, and nothing else beside the page is given away", async () => {
  const head = await fetch(`${url}/`, { method: "HEAD" });
  expect([head.status, await head.text(), Number(head.headers.get("content-length")) > 0]).toEqual([
    200,
    "",
    true,
  ]);
  for (const path of [
    "/assets/index.html",
    "/assets/../page.ts",
    "/assets/%2e%2e/page.ts",
    "/assets/",
    "/index.html",
  ])
    expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 404]);
  expect((await fetch(`${url}/`, { method: "POST" })).status).toBe(404);
});
