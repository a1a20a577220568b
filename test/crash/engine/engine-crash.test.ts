import { engineCrashTests } from "./tests.ts";

engineCrashTests("together", ["sqlite"]);
