export { classes, classOf, type EffectClass } from "./classes.ts";
export type { Resolve } from "./http/addresses.ts";
export type { HttpOptions } from "./http/request.ts";
export type { SecretSource } from "./http/secrets.ts";
export { type ActionRunnerOptions, createActionRunner } from "./runner.ts";
export { createSafeOutputs } from "./safe-outputs.ts";
