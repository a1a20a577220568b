import { roles, type SafeOutput, type Trigger } from "../../core/workflow.ts";

/** Who may where nobody is named. */
const usual = ["role:write"];

/**
 * Whether somebody may who might not before. A role covers those above it; who is in a team, and which role a login has,
 * is not known here, so that only a role that everybody has covers them.
 */
export function deciderAdded(before: readonly string[] | null, after: readonly string[] | null): boolean {
  const known = before ?? usual;
  const least = Math.min(...known.map((decider) => roleRank(decider) ?? Number.POSITIVE_INFINITY));
  return (after ?? usual).some((decider) => {
    if (known.includes(decider)) return false;
    const rank = roleRank(decider);
    return rank === null ? least > rankOf("read") : rank < least;
  });
}

function roleRank(decider: string): number | null {
  return decider.startsWith("role:") ? rankOf(decider.slice("role:".length)) : null;
}

function rankOf(role: string): number {
  return roles.findIndex((each) => each === role);
}

const letIn = { ignore: 0, hold: 1, run: 2 } as const;

/** Whether the trigger's key lets more start it than before. A trigger that is new lets in whom it lets in. */
export function triggerLoosened(key: string, before: Trigger | null, after: Trigger | null): boolean {
  if (after === null) return false;
  switch (key) {
    case "own":
      return after.own && before?.own !== true;
    case "outsiders":
      return letIn[after.outsiders] > (before === null ? letIn.hold : letIn[before.outsiders]);
    case "roles":
      return before !== null && leastRole(after) < leastRole(before);
    default:
      return false;
  }
}

/** A command without a role is for those who may write, any other event for everybody. */
function leastRole({ role, command }: Trigger): number {
  return role === null ? (command === null ? -1 : rankOf("write")) : rankOf(role);
}

const levels: Readonly<Record<string, number>> = { none: 0, read: 1, write: 2 };

export function permissionWidened(before: string | null, after: string | null): boolean {
  return (levels[after ?? "none"] ?? 0) > (levels[before ?? "none"] ?? 0);
}

export function hasMore(before: readonly string[], after: readonly string[]): boolean {
  return after.some((one) => !before.includes(one));
}

/** More kinds of deeds, more of a kind, or labels that were not allowed. */
export function safeOutputsWidened(before: readonly SafeOutput[], after: readonly SafeOutput[]): boolean {
  return after.some((now) => {
    const was = before.find(({ type }) => type === now.type);
    if (was === undefined || now.max > was.max) return true;
    if (was.allowed.length === 0) return false;
    return now.allowed.length === 0 || hasMore(was.allowed, now.allowed);
  });
}
