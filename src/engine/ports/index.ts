export type * from "./clock.ts";
export type * from "./engine.ts";
export * from "./log.ts";
export type * from "./queue.ts";
export type * from "./rehearsal.ts";
export type * from "./reporter.ts";
export type * from "./runner.ts";
export type * from "./safe-outputs.ts";
export * from "./store.ts";
