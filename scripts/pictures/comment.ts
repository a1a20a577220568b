/** What of GitHub's Markdown a sticky comment uses, as a page that looks like a comment there. */
export function commentPage(markdown: string): string {
  const body = markdown
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/[✅🔵🟡⬜❌⏭▶]\uFE0F?/gu, (sign) => signs.get(sign.replace("\uFE0F", "")) ?? sign)
    // In what is folded, as it is on GitHub at first.
    .replace(/```mermaid\n[\s\S]*?```/g, "")
    .split(/\n{2,}/)
    .map(block)
    .join("\n");
  return `<!doctype html><meta charset="utf-8"><style>${style}</style>
<article><header><b>hishamos</b> <span class="bot">bot</span> commented</header><div class="body">${body}</div></article>`;
}

const square = (fill: string, path: string) =>
  `<svg class="sign" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="${fill}"/><path d="${path}" fill="none" stroke="#fff" stroke-width="2"/></svg>`;
const disc = (fill: string) =>
  `<svg class="sign" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.5" fill="${fill}"/></svg>`;
/** GitHub shows these as pictures, which a machine without such a font can't. */
const signs: ReadonlyMap<string, string> = new Map([
  ["✅", square("#77b255", "M3.5 8.5L6.5 11.5L12.5 4.5")],
  ["❌", square("#dd2e44", "M4 4L12 12M12 4L4 12")],
  ["⏭", square("#3b88c3", "M3.5 4L7.5 8L3.5 12M8 4L12 8L8 12M13 4V12")],
  ["▶", square("#3b88c3", "M6 4L11 8L6 12Z")],
  [
    "⬜",
    `<svg class="sign" viewBox="0 0 16 16"><rect x=".5" y=".5" width="15" height="15" rx="2" fill="#e6e7e8" stroke="#d1d9e0"/></svg>`,
  ],
  ["🔵", disc("#55acee")],
  ["🟡", disc("#fdcb58")],
]);

const style = `
body { margin: 0; background: #fff; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, "Noto Color Emoji", sans-serif; color: #1f2328 }
article { margin: 0; border: 1px solid #d1d9e0; border-radius: 6px; width: 840px }
header { padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; color: #59636e }
header b { color: #1f2328 }
.bot { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 7px; font-size: 12px }
.body { padding: 16px }
h3 { margin: 0 0 12px; font-size: 17.5px }
p, ul { margin: 0 0 12px }
.body table { border-collapse: collapse; margin: 0 0 16px; width: auto; display: table }
.body th, .body td { border: 1px solid #d1d9e0; padding: 3px 13px; text-align: left; background: #fff; font-size: 14px }
.body tr:nth-child(2n) td { background: #f6f8fa }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font: 12px ui-monospace, "DejaVu Sans Mono", monospace; color: inherit }
a { color: #0969da; text-decoration: none }
sub { font-size: 12px; color: #59636e; vertical-align: baseline }
details { margin: 0 0 12px }
.sign { width: 15px; height: 15px; vertical-align: -2px }
`;

function block(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const [first = "", rule = ""] = lines;
  const heading = /^(#+) (.*)$/.exec(first);
  if (heading)
    return `<h3>${inline(heading[2] ?? "")}</h3>${lines.length > 1 ? block(lines.slice(1).join("\n")) : ""}`;
  if (/^\|?[\s:|-]+\|[\s:|-]*$/.test(rule)) {
    const [head = [], , ...rows] = lines.map(cells);
    const row = (each: readonly string[], tag: string) =>
      `<tr>${each.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join("")}</tr>`;
    return `<table>${row(head, "th")}${rows.map((each) => row(each, "td")).join("")}</table>`;
  }
  if (lines.length > 0 && lines.every((line) => /^[-*] /.test(line)))
    return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join("")}</ul>`;
  if (/^<\/?(?:details|summary)/.test(first)) return lines.join("\n");
  return lines.length === 0 ? "" : `<p>${lines.map(inline).join("<br>")}</p>`;
}

function cells(line: string): readonly string[] {
  return line
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** The comment's own text is escaped for GitHub already; of HTML it has `sub` and `br` only. */
function inline(text: string): string {
  return text
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*([^*]+)\*\*/g, "<b>$1</b>")
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, '<a href="$2">$1</a>')
    .replace(/(^|[\s(])(#\d+|@[\w-]+)/g, '$1<a href="#">$2</a>');
}
