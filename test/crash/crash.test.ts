import { crashTests } from "./tests.ts";

crashTests("together");
