import { effectTests } from "./actions-tests.ts";

effectTests([["the connection is cut after it was done", { drop: "after" }]], { undone: false });
