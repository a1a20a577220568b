/** @typedef {{ id: string | null, event: string, data: string }} Message */

/**
 * Server-Sent Events out of pieces of text, wherever these are cut.
 * @returns {(text: string) => Generator<Message, void>}
 */
export function parser() {
  let rest = "";
  /** @type {{ id: string | null, event: string, data: string[] }} */
  let message = { id: null, event: "message", data: [] };
  return function* parse(text) {
    rest += text;
    const lines = rest.split(/\r\n|\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (message.data.length > 0) yield { ...message, data: message.data.join("\n") };
        message = { id: message.id, event: "message", data: [] };
        continue;
      }
      const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (field === "data") message.data.push(value);
      else if (field === "id" || field === "event") message[field] = value;
    }
  };
}
