export { createWebhookChannel } from "./channel.ts";
export { firstStart, type Setup } from "./first-start.ts";
export { type AppNeeds, appNeeds } from "./manifest.ts";
export { dataDirectory, storedPath, withStoredApp } from "./stored-app.ts";
