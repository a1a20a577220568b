import { crashTests } from "./tests.ts";

crashTests("alone");
