export { type Answer, parseAnswer } from "./parse.ts";
export { readyAnswer } from "./render.ts";
