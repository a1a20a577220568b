/** `stored`: the service has not begun to work, so that deliveries are stored and no more. */
export const webhookApps = ["a Probot app that does nothing", "stored", "stored and processed"] as const;
export type WebhookApp = (typeof webhookApps)[number];
