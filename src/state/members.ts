import type { Json } from "../core/json.ts";
import type { Lease, LeaseStore, MemberStore, NoteStore } from "../engine/ports/members.ts";
import { openDocuments } from "./documents.ts";
import { keyOf } from "./keys.ts";
import type { Database } from "./storage.ts";

interface Beat {
  readonly id: string;
  readonly beats: number;
}

export function openMembers(database: Database): MemberStore {
  const documents = openDocuments<Beat>(database, "members", () => ({}));
  const table = database.name("members");
  return {
    async beat(id, beats) {
      await documents.set(id, { id, beats });
    },
    async list() {
      return documents.read(await database.select(`SELECT value FROM ${table} ORDER BY key`, []));
    },
    async remove(id) {
      await documents.keyv.delete(id);
    },
  };
}

export function openLeases(database: Database): LeaseStore {
  const documents = openDocuments<Lease>(database, "leases", ({ revision }) => ({ revision }));
  return {
    async get(name) {
      return (await documents.get(keyOf(name))) ?? null;
    },
    async put(lease) {
      const key = keyOf(lease.name);
      if (lease.revision === 1) return (await documents.insert(key, lease)) === "created";
      return documents.set(key, lease);
    },
    async remove(names) {
      if (names.length > 0) await documents.keyv.delete(names.map(keyOf));
    },
  };
}

export function openNotes(database: Database): NoteStore {
  const documents = openDocuments<Json>(database, "notes", () => ({}));
  return {
    async get(name) {
      return (await documents.get(name)) ?? null;
    },
    async put(name, note) {
      await documents.set(name, note);
    },
  };
}
