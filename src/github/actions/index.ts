export { classes, classOf, type EffectClass } from "./classes.ts";
export type { Resolve } from "./http/addresses.ts";
export { grantedSecrets, grantsForm, parseGrants, readHost, type SecretGrant } from "./http/grants.ts";
export { isHeader } from "./http/input.ts";
export type { HttpOptions } from "./http/request.ts";
export type { Secret, SecretSource } from "./http/secrets.ts";
export { type ActionRunnerOptions, createActionRunner } from "./runner.ts";
export { createSafeOutputs } from "./safe-outputs.ts";
