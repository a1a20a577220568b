// Writes docs/problems.md: every code with what it means, the way out and an example that was really told, from the
// catalogues of the rooms and the definitions in test/definition/err. `--check` only says whether the file is current.
import { readFileSync, writeFileSync } from "node:fs";
import { type Entry, hundreds } from "./problems/catalogue.ts";
import { played } from "./problems/played.ts";
import { shownByTests } from "./problems/shown.ts";

const target = "docs/problems.md";
const examples = new Map([...played(), ...shownByTests()]);

const introduction = `<!-- Written by scripts/generate-problems.ts; not to be edited. -->

# Problems

Whatever is wrong is told with a code that never changes its meaning, where it stands, what it is, and the way out:

\`\`\`text
.hishamos/bug.yml:12:18 HOS204 unknown step "biuld". Did you mean "build"?
\`\`\`

- \`.hishamos/bug.yml\` is the file, \`12\` the line and \`18\` the column, both counted from 1. What is not about a file has no place.
- \`HOS204\` is the code, and its section below says more than the message has room for.
- A line below, further in, names the other place where there are two: the first step of that id, the other end of a cycle.
- Everything that can be found is told at once, in the order of the file, up to a hundred.

Mistakes in files are told by \`hishamos validate\` and by the check run of a pull request that touches \`.hishamos/\`; what is wrong with a command by the answer to it. The examples below are what the program itself says.`;

/** As it reads, whatever Markdown would make of it; what is in backquotes stays. */
function plain(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) =>
      part.startsWith("`") ? part : part.replaceAll(/[\\*<[\]~]|(?<!\w)_|_(?!\w)|^[+#>-]/g, "\\$&"),
    )
    .join("");
}

function contents(): string {
  const lists = hundreds.map(({ name, title, entries }) => {
    const lines = entries.map(
      (entry) => `  - [${entry.code}](#${entry.code.toLowerCase()}) ${plain(entry.title)}`,
    );
    return [`- **${name}** ${title}`, ...lines].join("\n");
  });
  return lists.join("\n");
}

function section({ code, title, help }: Entry): string {
  const example = examples.get(code);
  const block = example === undefined ? [] : [`\`\`\`text\n${example}\n\`\`\``];
  return [`## ${code}`, `**${plain(title)}.**`, plain(help), ...block].join("\n\n");
}

const text = `${[
  introduction,
  contents(),
  ...hundreds.flatMap(({ name, title, told, entries }) => [
    `# ${name}: ${title}`,
    told,
    ...entries.map(section),
  ]),
].join("\n\n")}\n`;

if (process.argv.includes("--check")) {
  const current = readFileSync(target, "utf8") === text;
  console.log(
    current ? `${target} is current` : `${target} is out of date: run scripts/generate-problems.ts`,
  );
  process.exitCode = current ? 0 : 1;
} else {
  writeFileSync(target, text);
  console.log(`wrote ${target}: ${text.length} characters`);
}
