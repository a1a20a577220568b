import type { Role } from "../../core/workflow.ts";
import { roles } from "../../core/workflow.ts";
import type { Caller } from "../../engine/ports/index.ts";
import { type Authoriser, isAtLeast } from "../authorise.ts";

const noPerson = "an approval is a person's: use a token of your own account on GitHub";

/**
 * What GitHub is asked about a login, for callers that have none: the operator has every right but to approve, and a job
 * of Actions those of the role write in its repository. Who approves has to be a person, known by name.
 */
export function powersOf(caller: Caller, own: Authoriser): Authoriser {
  if (caller.kind === "user") return own;
  const role: Role = caller.kind === "operator" ? "admin" : "write";
  return {
    roleOf: () => Promise.resolve(role),
    mayCommand: (_, __, ___, from) => {
      if (caller.kind === "operator") return Promise.resolve(null);
      const enough = from.some((name) => {
        const least = roles.find((each) => name === `role:${each}`);
        return least !== undefined && isAtLeast(role, least);
      });
      return Promise.resolve(enough ? null : `it is for ${from.join(", ") || "nobody"}`);
    },
    mayDecide: () => Promise.resolve(noPerson),
  };
}
