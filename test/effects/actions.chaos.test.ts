import { effectTests } from "./actions-tests.ts";

effectTests(
  [
    ["the connection is cut after it was done", { drop: "after" }],
    ["a 502 hides that it was done", { status: 502, performed: true }],
    ["a 500 says that it failed, and it did", { status: 500 }],
    ["the connection is cut before it was done", { drop: "before" }],
  ],
  { undone: true },
);
