/** What the first page asks; texts as they were entered. */
export interface Answers {
  readonly owner: "user" | "organization";
  readonly organization: string;
  /** As `https://github.com`; only a host is entered. */
  readonly host: string;
  readonly name: string;
  readonly way: "channel" | "address";
  /** A smee channel that is there already; empty: a new one. */
  readonly channel: string;
  readonly address: string;
}

/** What is settled by the environment and not asked. */
export interface Settled {
  /** GitHub's address, where GHE_HOST names it. */
  readonly github: string | null;
  /** The service's own address, where HISHAMOS_URL names one that GitHub can reach. */
  readonly publicUrl: string | null;
  /** WEBHOOK_PROXY_URL. */
  readonly channel: string | null;
}

export interface Choice {
  readonly organization: string | null;
  readonly github: string;
  readonly name: string;
  /** `new`: a channel has to be made. */
  readonly reach: { readonly channel: string } | { readonly origin: string };
}

export const newChannel = "new";

export function readAnswers(form: URLSearchParams): Answers {
  const text = (name: string) => (form.get(name) ?? "").trim();
  return {
    owner: text("owner") === "organization" ? "organization" : "user",
    organization: text("organization"),
    host: text("host"),
    name: text("name"),
    way: text("way") === "address" ? "address" : "channel",
    channel: text("channel"),
    address: text("address"),
  };
}

/** What was chosen, or everything that is wrong with it, each as a sentence. */
export function judge(answers: Answers, settled: Settled): Choice | { readonly wrong: readonly string[] } {
  const wrong: string[] = [];
  const organization = answers.owner === "organization" ? answers.organization : null;
  // GitHub's rule for logins; a managed user's has an underscore.
  if (organization !== null && !/^[a-z\d](?:[a-z\d_-]{0,38})$/i.test(organization))
    wrong.push("The organisation's name is that of its address: github.com/NAME.");
  if (answers.name === "" || answers.name.length > 34)
    wrong.push("GitHub takes a name of 1 to 34 characters for an App.");
  const github = settled.github ?? gitHubAt(answers.host);
  if (github === null) wrong.push("GitHub's host is a name, as github.com or ghes.example.");
  const reach = reachOf(answers, settled);
  if (typeof reach === "string") wrong.push(reach);
  if (wrong.length > 0 || github === null || typeof reach === "string") return { wrong };
  return { organization, github, name: answers.name, reach };
}

function gitHubAt(host: string): string | null {
  const name = host === "" ? "github.com" : host.replace(/^https:\/\//i, "").replace(/\/$/, "");
  if (!/^[a-z\d](?:[a-z\d.-]*[a-z\d])?(?::\d{1,5})?$/i.test(name)) return null;
  return URL.parse(`https://${name}`)?.origin ?? null;
}

function reachOf(answers: Answers, { publicUrl, channel }: Settled): Choice["reach"] | string {
  if (publicUrl !== null) return { origin: publicUrl };
  if (channel !== null) return { channel };
  if (answers.way === "channel") {
    if (answers.channel === "") return { channel: newChannel };
    const url = httpUrl(answers.channel);
    return url && url.pathname !== "/"
      ? { channel: url.href }
      : "A channel is an address as https://smee.io/abc.";
  }
  const url = httpUrl(answers.address);
  if (url === null || url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return "The service's address is one as https://hishamos.example, without a path.";
  if (isLoopback(url.origin))
    return `GitHub can't reach ${url.origin}: that is this machine for itself alone.`;
  return { origin: url.origin };
}

function httpUrl(text: string): URL | null {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) && url.username === "" ? url : null;
}

/** What nobody but this machine reaches. */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin);
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0)$/i.test(hostname);
}
