const JOINER = "\u200D";

/**
 * Text of a stranger or a model, safe to put into a comment of ours: it calls nobody, hides nothing and forges no marker.
 * It reads the same to people. Bounded to `max` UTF-16 units.
 */
export function neutralise(text: string, max = 2_000): string {
  const cut = text.length > max ? `${text.slice(0, max).toWellFormed()}…` : text;
  return (
    cut
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      // GitHub does not take `@` and a joiner for a mention, nor `#` and a joiner for a reference.
      .replaceAll(/@(?=[\w-])/g, `@${JOINER}`)
      .replaceAll(/#(?=\d)/g, `#${JOINER}`)
      .replaceAll(/!\[/g, "!\\[")
  );
}

/** A short text as inline code, where GitHub reads no mention, reference or tag. Line breaks become spaces. */
export function code(text: string, max = 200): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const cut = line.length > max ? `${line.slice(0, max).toWellFormed()}…` : line;
  const runs = cut.match(/`+/g) ?? [];
  const fence = "`".repeat(runs.reduce((longest, run) => Math.max(longest, run.length), 0) + 1);
  const padding = cut.startsWith("`") || cut.endsWith("`") || cut === "" ? " " : "";
  return `${fence}${padding}${cut}${padding}${fence}`;
}

/** A text for a table's cell: neutralised, on one line, without a bar that would end the cell. */
export function cell(text: string, max = 200): string {
  return neutralise(text.replaceAll(/\s+/g, " ").trim(), max).replaceAll("|", "\\|");
}
