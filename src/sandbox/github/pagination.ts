import type { Answer, Call } from "./router.ts";

const DEFAULT_SIZE = 30;
const LARGEST_SIZE = 100;

function positive(text: string | null, fallback: number): number {
  const value = Number(text ?? fallback);
  return Number.isInteger(value) && value > 0 ? value : fallback;
}

function linkTo(call: Call, target: number, relation: string): string {
  const url = new URL(call.url);
  url.searchParams.set("page", String(target));
  return `<${url.href}>; rel="${relation}"`;
}

/** The page the caller asks for, with `first`, `prev`, `next` and `last` links as GitHub sends them. */
export function page<T>(
  call: Call,
  all: readonly T[],
): { items: readonly T[]; headers: Record<string, string> } {
  const size = Math.min(positive(call.query.get("per_page"), DEFAULT_SIZE), LARGEST_SIZE);
  const current = positive(call.query.get("page"), 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const links = [
    ...(current > 1 ? [linkTo(call, current - 1, "prev")] : []),
    ...(current < last ? [linkTo(call, current + 1, "next"), linkTo(call, last, "last")] : []),
    ...(current > 1 ? [linkTo(call, 1, "first")] : []),
  ];
  return {
    items: all.slice((current - 1) * size, current * size),
    headers: links.length === 0 ? {} : { link: links.join(", ") },
  };
}

/** 200 with one page of a list. */
export function listed<T>(call: Call, all: readonly T[], show: (item: T) => unknown): Answer {
  const { items, headers } = page(call, all);
  return { status: 200, body: items.map(show), headers };
}
