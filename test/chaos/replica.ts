import { serve } from "../../src/server.ts";

// The service as it is, but for one thing: five minutes between two looks for lost webhooks are long in a short test.
await serve(process.env, { sweepMs: 5_000 });
