import type { FastifyError, FastifyReply } from "fastify";
import { didYouMean } from "../core/nearest.ts";
import { inFull, type Problem } from "../core/problem.ts";
import type { Refused } from "../engine/ports/index.ts";

/** An answer of RFC 9457, `application/problem+json`, with the codes of docs/problems.md where there are some. */
export interface ProblemAnswer {
  /** `about:blank`: the status says what it is (RFC 9457, 4.2.1). */
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** The problem's stable code, as `HOS301`. */
  readonly code?: string;
  /** All that is wrong with what was sent, with places. */
  readonly problems?: readonly Problem[];
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  426: "Upgrade Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

export function problemAnswer(
  status: number,
  more: Pick<ProblemAnswer, "detail" | "code" | "problems"> = {},
): ProblemAnswer {
  return { type: "about:blank", title: titles[status] ?? "Error", status, ...more };
}

export function sendProblem(
  reply: FastifyReply,
  status: number,
  more?: Pick<ProblemAnswer, "detail" | "code" | "problems">,
): FastifyReply {
  return reply.code(status).type("application/problem+json").send(problemAnswer(status, more));
}

/** What one may not see is told as what is not there. */
export function sendRefusal(reply: FastifyReply, refusal: Refused): FastifyReply {
  switch (refusal.refused) {
    case "not_found":
      return sendProblem(reply, 404);
    case "forbidden":
      return sendProblem(reply, 403, { detail: refusal.why });
    case "invalid":
      return sendProblem(reply, 422, {
        detail: refusal.problems.map(inFull).join(" "),
        ...(refusal.problems[0] && { code: refusal.problems[0].code }),
        problems: refusal.problems,
      });
    case "conflict":
      return sendProblem(reply, 409, {
        detail: inFull(refusal.problem),
        code: refusal.problem.code,
        problems: [refusal.problem],
      });
    default:
      return refusal satisfies never;
  }
}

/** What does not fit, with the schema's own words on what would. */
function inWords({ validation, validationContext = "body", message }: FastifyError): string {
  const [first] = validation ?? [];
  const parent = (first as { parentSchema?: ParentSchema } | undefined)?.parentSchema ?? {};
  const unknown = first?.params["additionalProperty"];
  if (typeof unknown !== "string") return [message, parent.description].filter(Boolean).join(": ");
  const names = Object.keys(parent.properties ?? {});
  const hint = didYouMean(unknown, names) ?? `There are ${names.join(", ")}.`;
  return `unknown "${unknown.slice(0, 80)}" in the ${validationContext}. ${hint}`;
}

interface ParentSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What Fastify refuses: a body that is no JSON or too large, one that the schema does not allow. */
export function sendFailure(reply: FastifyReply, error: FastifyError): FastifyReply {
  const status = error.statusCode ?? 500;
  // What no id has the form of is nobody's id.
  if (error.validationContext === "params") return sendProblem(reply, 404, { detail: inWords(error) });
  if (error.validation) return sendProblem(reply, 422, { detail: inWords(error) });
  if (status === 415)
    return sendProblem(reply, 415, { detail: "Send the body as JSON: content-type: application/json." });
  if (status < 500) return sendProblem(reply, status, { detail: error.message });
  // What a stranger learns of a failure inside is that there is one.
  return sendProblem(reply, status === 503 ? 503 : 500, {
    detail: "The service could not answer; try again later.",
  });
}
