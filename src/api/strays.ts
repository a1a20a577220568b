import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { nearest } from "../core/nearest.ts";
import { sendProblem } from "./problem.ts";

/** Longer paths are nobody's typing mistake. */
const longestGuessed = 300;

/**
 * Answers what no route takes: a known path by another method with 405 and `Allow`, `OPTIONS` with `Allow`, any other
 * path with 404 and the one that was probably meant. To be called before the routes are made.
 */
export function answerStrays(app: FastifyInstance): void {
  const routes = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = routes.get(url) ?? new Set<string>();
    routes.set(url, methods);
    for (const each of [method].flat()) methods.add(each);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.replace(/\?.*$/s, "").replace(/(?<=.)\/$/, "");
    const allowed = [...routes].flatMap(([url, methods]) => (fills(url, path) ? [...methods] : []));
    if (allowed.length === 0) {
      const meant = path.length > longestGuessed ? undefined : nearest(path, candidates(routes.keys(), path));
      const guess = meant === undefined ? "" : ` Did you mean ${meant}/?`;
      return sendProblem(reply, 404, {
        detail: `There is no such path.${guess} All of them are in /api/v1/openapi.json.`,
      });
    }
    const allow = [...new Set([...allowed, "OPTIONS"])].toSorted().join(", ");
    void reply.header("allow", allow);
    if (request.method === "OPTIONS") return reply.code(204).send();
    return sendProblem(reply, 405, { detail: `This path takes ${allow}.` });
  });
}

function fills(route: string, path: string): boolean {
  const [wanted, given] = [route.replace(/(?<=.)\/$/, "").split("/"), path.split("/")];
  return (
    wanted.length === given.length &&
    wanted.every((part, at) => (part.startsWith(":") ? given[at] !== "" : part === given[at]))
  );
}

/** The routes of as many parts, with the path's own parts where a route has a variable. */
function* candidates(routes: Iterable<string>, path: string): Generator<string> {
  const given = path.split("/");
  for (const route of routes) {
    const wanted = route.split("/");
    if (wanted.length === given.length)
      yield wanted.map((part, at) => (part.startsWith(":") ? (given[at] ?? "") : part)).join("/");
  }
}
