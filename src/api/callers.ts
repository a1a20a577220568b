import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Caller, Clock, Gateway } from "../engine/ports/index.ts";
import { sendProblem } from "./problem.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set before any handler of a route that needs one. */
    caller: Caller | null;
  }
}

/** How long a token that was known is believed without asking again. */
const believedMs = 60_000;
const most = 10_000;

export interface Callers {
  /** Null where the token is nobody's. Rejects where GitHub can't be asked. */
  of(token: string): Promise<Caller | null>;
}

/** Who a token speaks for: the operator's is known here, the others the gateway knows. Tokens are kept as hashes only. */
export function createCallers(
  gateway: Pick<Gateway, "identify">,
  operatorToken: string | null,
  clock: Clock,
): Callers {
  const known = new Map<string, { readonly until: number; readonly caller: Caller }>();
  const operator = operatorToken === null ? null : digestOf(operatorToken);
  return {
    async of(token) {
      const digest = digestOf(token);
      if (operator !== null && timingSafeEqual(digest, operator)) {
        return { kind: "operator", login: "api", repository: null };
      }
      const key = digest.toString("hex");
      const before = known.get(key);
      if (before && before.until > clock.now()) return before.caller;
      known.delete(key);
      const caller = await gateway.identify(token);
      if (caller === null) return null;
      if (known.size >= most) known.delete(known.keys().next().value ?? "");
      known.set(key, { until: clock.now() + believedMs, caller });
      return caller;
    },
  };
}

/** The caller of a request, or an answer that says how to become one. */
export function authenticate(callers: Callers) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const token = tokenOf(request);
    const caller = token === null ? null : await callers.of(token);
    if (caller === null) {
      reply.header("www-authenticate", 'Bearer realm="hishamos"');
      const detail =
        token === null
          ? "Send a token: authorization: Bearer TOKEN."
          : "The token is not known, or no longer valid.";
      await sendProblem(reply, 401, { detail });
      return;
    }
    request.caller = caller;
  };
}

/** The caller that `authenticate` has set. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === null) throw new Error("the route is open to anybody");
  return caller;
}

/** From the header; for a WebSocket, to which a browser adds none, from a protocol. Never from the address, which logs keep. */
function tokenOf({ headers }: FastifyRequest): string | null {
  const header = /^Bearer +([^\s,]{1,8192})$/i.exec(headers.authorization ?? "")?.[1];
  if (header !== undefined) return header;
  const protocol = /(?:^|,\s*)bearer\.([A-Za-z0-9_-]{1,8192})(?:,|$)/.exec(
    headers["sec-websocket-protocol"] ?? "",
  )?.[1];
  if (protocol !== undefined) return Buffer.from(protocol, "base64url").toString("utf8");
  return null;
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
