export type { Reference } from "./ast.ts";
export { parseCondition } from "./condition.ts";
export { evaluate, recordScope } from "./evaluate.ts";
export { functions } from "./functions/index.ts";
export type { FunctionRecord } from "./functions/record.ts";
export { limits } from "./limits.ts";
export {
  type ParsedExpression,
  type ParsedOrProblems,
  type ParseOptions,
  parseExpression,
  positionIn,
} from "./parse.ts";
export { globMatches } from "./pattern/glob.ts";
export { expressionProblems, type ProblemKind } from "./problems.ts";
export {
  listTemplate,
  literalTemplate,
  mapTemplate,
  type ParsedTemplate,
  parseTemplate,
  parseTemplateString,
  type TemplateOrProblems,
  type TreeOptions,
} from "./template.ts";
