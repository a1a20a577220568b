export { classes, classOf, type EffectClass } from "./classes.ts";
export { type ActionRunnerOptions, createActionRunner } from "./runner.ts";
