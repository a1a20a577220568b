import type { Lease, LeaseStore, Leases, Members } from "./ports/members.ts";

/** Leases that outlive no holder: one of a process that is gone is taken over. */
export function createLeases(store: LeaseStore, members: Members): Leases {
  const { self } = members;
  /** Those that this process has, as they are stored. */
  const held = new Map<string, Lease>();

  return {
    async take(name) {
      if (held.has(name)) return true;
      const known = await store.get(name);
      const holder = known?.holder ?? null;
      if (holder !== null && holder !== self && (await members.isAlive(holder))) return false;
      const lease: Lease = { name, holder: self, revision: (known?.revision ?? 0) + 1 };
      if (!(await store.put(lease))) return false;
      held.set(name, lease);
      return true;
    },
    async release(name) {
      const lease = held.get(name);
      if (lease === undefined) return false;
      held.delete(name);
      return await store.put({ name, holder: null, revision: lease.revision + 1 });
    },
  };
}
