import { expect, test } from "vitest";
import type { Fixture } from "./stores.ts";

export function pacingContract({ stores, reopen }: Fixture): void {
  const at = (installation: number, revision: number, ...grants: readonly number[]) =>
    stores().pacing.put({ installation, revision, grants, pausedUntil: 0 });

  test("of two that count a write at the same time one does", async () => {
    expect(await stores().pacing.get(7)).toBeNull();
    expect(await Promise.all([at(7, 1, 10), at(7, 1, 11)])).toEqual([true, false]);
    expect(await Promise.all([at(7, 2, 10, 12), at(7, 2, 10, 13)])).toEqual([true, false]);
    expect(await at(7, 2, 10, 14)).toBe(false);
    expect((await stores().pacing.get(7))?.grants).toEqual([10, 12]);
  });

  test("what was counted is there after a restart, for each installation by itself", async () => {
    const grants = Array.from({ length: 480 }, (_, index) => Date.UTC(2026, 0, 1) + index * 7_001);
    const row = { installation: 7, revision: 1, grants, pausedUntil: Date.UTC(2026, 0, 2) };
    expect(await stores().pacing.put(row)).toBe(true);
    expect(await at(8, 1)).toBe(true);
    const { pacing } = await reopen();
    expect(await pacing.get(7)).toEqual(row);
    expect(await pacing.get(8)).toEqual({ installation: 8, revision: 1, grants: [], pausedUntil: 0 });
  });
}
