export { createApi } from "./api.ts";
export { createLazyApi, isApi } from "./lazy.ts";
export { operatorToken } from "./operator-token.ts";
export { servePage } from "./page.ts";
