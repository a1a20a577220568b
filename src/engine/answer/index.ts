export { checkAgainst } from "./check.ts";
export { type Answer, parseAnswer } from "./parse.ts";
export { readyAnswer } from "./render.ts";
