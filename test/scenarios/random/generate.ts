import fc from "fast-check";
import { msOf, type StepDocument, type WorkflowDocument } from "./document.ts";

/** What a list is written in: how deep it may nest, what its conditions may read, and what would make ties. */
interface Around {
  readonly depth: number;
  /** Ids of steps that have run when the list begins. */
  readonly readable: readonly string[];
  readonly looped: boolean;
  /** Something else goes on at the same time: what is over at once must not conclude, which would be a tie. */
  readonly beside?: true;
  /** Items that begin together: of the same length they would end together. */
  readonly twins?: true;
  /** Within `finally` nothing concludes. */
  readonly last?: true;
  /** False within a race: a branch that is over at once would win before the others have begun. */
  readonly mayEndAtOnce: boolean;
}

/** Each use has a last digit of its own, so that a delay and a timeout are never over at the same time. */
const ms = (from: number, to: number, digit: number) =>
  fc.integer({ min: from, max: to }).map((n) => `${10 * Math.ceil(n / 10) + digit}ms`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 3) => fc.option(arbitrary, { nil: undefined, freq });

/** Random workflows: every kind nested in every other, each with random modifiers and routes. */
export const workflows: fc.Arbitrary<WorkflowDocument> = fc
  .record({
    steps: list("s", { depth: 2, readable: [], looped: false, mayEndAtOnce: true }, 3),
    last: maybe(list("z", { depth: 0, readable: [], looped: false, mayEndAtOnce: true, last: true }, 2), 2),
  })
  .map(({ steps, last }) => {
    const [first] = steps;
    return {
      name: "Random",
      steps,
      ...(last ? { finally: last } : {}),
      ...(first ? { outputs: { first: `{{steps.${first.id}.output}}` } } : {}),
    };
  });

/** Steps `xa`, `xb`, …: in order, or with routes of which the first ones make a chain and the rest handle failures. */
function list(prefix: string, around: Around, most: number): fc.Arbitrary<readonly StepDocument[]> {
  return fc
    .record({ count: fc.integer({ min: 1, max: most }), graph: fc.boolean() })
    .chain(({ count, graph }) => {
      const ids = Array.from({ length: count }, (_, index) => prefix + "abcd".charAt(index));
      const steps = ids.map((id, index) => {
        const readable = [...around.readable, ...ids.slice(0, index)];
        return aStep(id, { ...around, readable });
      });
      const whole = fc.tuple(...steps);
      return graph && count > 1 ? whole.chain((each) => routed(each, ids)) : whole;
    });
}

function routed(
  steps: readonly StepDocument[],
  ids: readonly string[],
): fc.Arbitrary<readonly StepDocument[]> {
  const target = maybe(fc.constantFrom(...ids), 2);
  return fc
    .tuple(
      fc.integer({ min: 1, max: ids.length }),
      fc.array(
        fc.record({
          on_failure: target,
          on_timeout: target,
          skips: fc.boolean(),
          max_visits: fc.integer({ min: 1, max: 3 }),
        }),
        {
          minLength: ids.length,
          maxLength: ids.length,
        },
      ),
    )
    .map(([chain, routes]) =>
      steps.map((each, index) => {
        const { on_failure, on_timeout, skips, max_visits } = routes[index] ?? { max_visits: 1 };
        const next = index + 1 < chain ? ids[index + 1] : undefined;
        // Every handler is led to from the step before it, so that none is unreachable.
        const handler = index + 1 >= chain ? ids[index + 1] : undefined;
        const { conclude, ...rest } = each;
        return {
          ...rest,
          max_visits,
          ...(next ? { on_success: next } : conclude ? { conclude } : {}),
          ...(next && skips && each.condition ? { on_skip: next } : {}),
          ...((handler ?? on_failure) ? { on_failure: handler ?? on_failure } : {}),
          ...(on_timeout && each.timeout ? { on_timeout } : {}),
        } as StepDocument;
      }),
    );
}

function aStep(id: string, around: Around): fc.Arbitrary<StepDocument> {
  const loop = maybe(
    fc.oneof(
      fc.record({
        for_each: fc.record({
          in: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 3 }),
          max_parallel: fc.integer({ min: 1, max: 3 }),
          fail_fast: fc.boolean(),
        }),
      }),
      fc.record({
        repeat: fc.record(
          {
            until: fc.constantFrom("self > 5", "self > 8"),
            every: ms(1, 2_000_000, 7),
            max: fc.integer({ min: 1, max: 3 }),
          },
          { requiredKeys: ["max"] },
        ),
      }),
    ),
    4,
  );
  return loop.chain((loops) => {
    const items = loops !== undefined && "for_each" in loops;
    const inner: Around = {
      ...around,
      looped: around.looped || loops !== undefined,
      // A repeat of nothing but skipped steps fails at once.
      mayEndAtOnce: around.mayEndAtOnce && !(around.beside && loops && !items),
      ...(items ? { beside: true, twins: true } : {}),
    };
    return fc
      .tuple(work(id, inner), modifiers(inner, items))
      .map(([kind, rest]) => ({ id, ...kind, ...rest, ...loops }))
      .map((each) => ({ ...each, ...(each.timeout ? { timeout: ownTime(each.timeout, id) } : {}) }))
      .map((each) => fitting(each, around));
  });
}

/** No two steps have the same timeout, or those that begin together would end together. */
function ownTime(timeout: string, id: string): string {
  const own = id.split("").reduce((sum, letter) => sum * 5 + (letter.charCodeAt(0) % 5), 0);
  return `${(Math.floor(msOf(timeout) / 100_000) * 10_000 + (own % 10_000)) * 10}ms`;
}

function work(id: string, around: Around): fc.Arbitrary<Partial<StepDocument>> {
  const { depth } = around;
  const leaf = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ action: "repos.get" }) },
    { weight: 4, arbitrary: fc.constant({ agent: "architect" }) },
    { weight: around.twins ? 0 : 1, arbitrary: ms(1, 900_000, 3).map((delay) => ({ delay })) },
    { weight: 1, arbitrary: fc.constant({ workflow: "./child.yml" }) },
  );
  if (depth === 0) return leaf;
  const inner = { ...around, depth: depth - 1 };
  const group = list(id, inner, 3).map((steps) => ({ steps }));
  const parallel = fc
    .tuple(fc.constantFrom<"all" | "any" | 1 | 2>("all", "all", "any", 1, 2), fc.integer({ min: 2, max: 3 }))
    .chain(([join, count]) => {
      const race = { ...inner, beside: true as const, mayEndAtOnce: inner.mayEndAtOnce && join === "all" };
      const branches = Array.from({ length: count }, (_, index) => aStep(id + "abc".charAt(index), race));
      return fc.tuple(...branches).map((steps) => ({ parallel: { join, steps } }));
    });
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 2, arbitrary: group },
    { weight: 2, arbitrary: parallel },
  );
}

function modifiers(around: Around, items: boolean): fc.Arbitrary<Partial<StepDocument>> {
  const names = [
    ...around.readable.map((id) => `steps.${id}.output`),
    ...(items ? ["item"] : []),
    ...(around.looped ? ["index"] : []),
  ];
  const condition = fc
    .tuple(fc.constantFrom(...names, "never"), fc.constantFrom(">", "<"), fc.nat({ max: 9 }))
    .map(([name, operator, n]) => `${name} ${operator} ${n}`);
  const input = fc.constantFrom(...names, "never").map((name) => ({ v: `{{${name}}}` }));
  const none = <T>(arbitrary: fc.Arbitrary<T>) =>
    names.length === 0 ? fc.constant(undefined) : maybe(arbitrary, 3);
  return fc
    .record({
      condition: none(condition),
      inputs: none(input),
      fail_if: maybe(fc.constantFrom("self > 7", "self < 1"), 5),
      timeout: maybe(ms(200_000, 3_000_000, 0), 4),
      retry: maybe(
        fc.record({
          max_attempts: fc.integer({ min: 1, max: 3 }),
          backoff: fc.record({
            initial: ms(1, 100_000, 9),
            factor: fc.constantFrom(1, 2),
            jitter: fc.constant(false as const),
          }),
          on: fc.constantFrom(["transient"], ["transient", "timeout"], ["error", "transient", "timeout"]),
        }),
        3,
      ),
      conclude: maybe(fc.constantFrom("completed" as const, "failed" as const), 12),
    })
    .map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => text(value) !== undefined)));
}

/** `never` stands for a name where there is none to read. */
function text(value: unknown): unknown {
  return JSON.stringify(value)?.includes("never") ? undefined : value;
}

/** Without what would make no sense on this kind, or a tie. */
function fitting(step: StepDocument, around: Around): StepDocument {
  const { condition, inputs, conclude, timeout, ...rest } = step;
  const atOnce = step.steps ?? step.parallel ?? step.for_each ?? step.repeat;
  const takesInputs = step.agent !== undefined;
  // The condition of a repeat is evaluated before there is an index.
  const early = step.repeat && !around.looped && condition?.startsWith("index");
  return {
    ...rest,
    ...(timeout && !around.twins && !step.for_each ? { timeout } : {}),
    ...(condition && around.mayEndAtOnce && !early ? { condition } : {}),
    ...(inputs && takesInputs ? { inputs } : {}),
    ...(conclude && !around.last && !(around.beside && atOnce) ? { conclude } : {}),
  };
}
