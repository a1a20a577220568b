import { fuzzTests } from "./fuzz.ts";

fuzzTests(20_000);
