import type { Clock } from "../../../src/engine/ports/clock.ts";

export interface Write {
  /** When (ms). */
  readonly at: number;
  /** As `PATCH /repos/octo-org/octo-repo/issues/comments/7`. */
  readonly what: string;
  readonly issue: number;
  readonly body: string;
}

/** So much of GitHub as reports and answers need: comments on issues, and nothing that is slow. */
export function smallGitHub(clock: Clock, wrote: (write: Write) => void = () => {}) {
  const writes: Write[] = [];
  const comments = new Map<number, { readonly id: number; readonly issue: number; body: string }>();
  let requests = 0;
  let introductions = 0;
  let made = 0;

  const json = (status: number, data: unknown) =>
    Promise.resolve(
      new Response(JSON.stringify(data), { status, headers: { "content-type": "application/json" } }),
    );
  const shown = ({ id, body }: { readonly id: number; readonly body: string }) => ({
    id,
    body,
    html_url: `https://github.example/${id}`,
    user: { type: "Bot", login: "hishamos[bot]" },
    performed_via_github_app: { id: 7, slug: "hishamos" },
  });

  const fetch: typeof globalThis.fetch = (input, init) => {
    requests += 1;
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    const method = init?.method ?? "GET";
    if (path === "/app") {
      introductions += 1;
      return json(200, { slug: "hishamos" });
    }
    if (path.endsWith("/access_tokens"))
      return json(201, { token: "ghs_test", expires_at: "2999-01-01T00:00:00Z" });
    const sent = typeof init?.body === "string" ? init.body : "{}";
    const { body = "" } = JSON.parse(sent) as { body?: string };
    const on = Number(/\/issues\/(\d+)\/comments$/.exec(path)?.[1]);
    if (method === "GET") {
      return json(200, [...comments.values()].filter(({ issue }) => issue === on).map(shown));
    }
    const known = comments.get(Number(/\/comments\/(\d+)$/.exec(path)?.[1]));
    if (method === "DELETE") {
      if (known) comments.delete(known.id);
      return Promise.resolve(new Response(null, { status: known ? 204 : 404 }));
    }
    made += known ? 0 : 1;
    const comment = known ?? { id: made, issue: on, body };
    comment.body = body;
    comments.set(comment.id, comment);
    const write = { at: clock.now(), what: `${method} ${path}`, issue: comment.issue, body };
    writes.push(write);
    wrote(write);
    return json(known ? 200 : 201, shown(comment));
  };
  return { fetch, writes, comments, requests: () => requests, introductions: () => introductions };
}
