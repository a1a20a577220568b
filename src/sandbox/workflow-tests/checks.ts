import { shippedRoles } from "../../agents/roles.ts";
import type { AnswerChecks } from "../../definition/tests/index.ts";
import { checkAgainst } from "../../engine/answer/index.ts";

/** What answers in tests are held to here: the roles that ship, and the check that a real answer meets. */
export function checks(): AnswerChecks {
  return { roles: shippedRoles(), against: checkAgainst };
}
