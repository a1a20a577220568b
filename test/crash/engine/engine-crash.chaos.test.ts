import { engineCrashTests } from "./tests.ts";

engineCrashTests("alone", ["sqlite", "postgres"]);
