import type { Shape } from "./shape.ts";

/** The forms that a value may have, each by itself. */
export function alternatives(shape: Shape): readonly Shape[] {
  return shape[0] === "u" ? (shape.slice(1) as readonly Shape[]) : [shape];
}

/** `a list of texts or a text`. */
export function inWords(shape: Shape): string {
  const forms = alternatives(shape).filter((form) => form !== "0");
  return [...new Set(forms.map(one))].join(" or ");
}

function one(shape: Shape): string {
  if (typeof shape !== "string") {
    if (shape[0] === "a") return `a list of ${many(shape[1])}`;
    if (shape[0] === "e") return listed(shape.slice(1).map(String));
    return shape[0] === "u" ? inWords(shape) : "a map";
  }
  return {
    s: "a text",
    i: "a whole number",
    n: "a number",
    b: "true or false",
    o: "a map",
    "0": "null",
    "*": "anything",
  }[shape];
}

function many(shape: Shape): string {
  const words = alternatives(shape).map((form) => {
    if (typeof form !== "string") return form[0] === "a" ? "lists" : form[0] === "e" ? "words" : "maps";
    return {
      s: "texts",
      i: "whole numbers",
      n: "numbers",
      b: "true or false",
      o: "maps",
      "0": "null",
      "*": "values",
    }[form];
  });
  return [...new Set(words)].join(" or ");
}

/** `a, b or c`, at most a dozen. */
export function listed(words: readonly string[]): string {
  if (words.length > 12) return `${words.slice(0, 12).join(", ")}, …`;
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
