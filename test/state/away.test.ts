  ["notes.put", (stores) => stores.notes.put("x", "text")],
  ["members.beat", (stores) => stores.members.beat("x", 1)],
      stores.notes.put(each.id, "text"),
