export { type ActionContext, checkAction, type DeclaredPermissions } from "./check.ts";
export { filledInputs, listsPages, maxItems, reservedInputs } from "./inputs.ts";
export { type Method, methodNames, methodOf } from "./methods.ts";
export { mayHavePullRequest } from "./pull-request.ts";
