import { describe, expect, test } from "vitest";
import type { Fixture } from "./stores.ts";

export function membersContract({ stores, reopen }: Fixture): void {
  describe("members", () => {
    test("the last sign of each is known, until it is removed", async () => {
      const { members } = stores();
      await members.beat("b", 1);
      await members.beat("a", 1);
      await members.beat("b", 2);
      expect(await (await reopen()).members.list()).toEqual([
        { id: "a", beats: 1 },
        { id: "b", beats: 2 },
      ]);
      await stores().members.remove("b");
      expect((await stores().members.list()).map(({ id }) => id)).toEqual(["a"]);
    });
  });

  describe("leases", () => {
    test("of two that write the same next revision one does", async () => {
      const { leases } = stores();
      const by = (holder: string | null, revision: number) =>
        leases.put({ name: "report/1", holder, revision });
      expect(await leases.get("report/1")).toBeNull();
      expect(await Promise.all([by("a", 1), by("b", 1)])).toEqual([true, false]);
      expect(await Promise.all([by("c", 2), by("d", 2)])).toEqual([true, false]);
      expect(await by(null, 2)).toBe(false);
      expect(await (await reopen()).leases.get("report/1")).toEqual({
        name: "report/1",
        holder: "c",
        revision: 2,
      });
    });

    test("one that is removed begins anew", async () => {
      const { leases } = stores();
      await leases.put({ name: "x", holder: "a", revision: 1 });
      await leases.remove(["x", "y"]);
      await leases.remove([]);
      expect(await leases.get("x")).toBeNull();
      expect(await leases.put({ name: "x", holder: "b", revision: 1 })).toBe(true);
    });
  });

  describe("notes", () => {
    test("the newest is kept", async () => {
      expect(await stores().notes.get("sweep")).toBeNull();
      await stores().notes.put("sweep", { at: 1 });
      await stores().notes.put("sweep", { at: 2, found: ["a"] });
      expect(await (await reopen()).notes.get("sweep")).toEqual({ at: 2, found: ["a"] });
    });
  });
}
