/** A browser without scripts, as far as the setup page needs one: cookies, links and forms. */
export class Browser {
  #cookies = new Map<string, string>();
  url = "";
  status = 0;
  html = "";
  headers = new Headers();

  async open(address: string, init: Pick<RequestInit, "method" | "body"> = {}): Promise<this> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const url = new URL(address, this.url || undefined);
    const answer = await fetch(url, { ...init, redirect: "manual", headers: { cookie } });
    for (const text of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      this.#cookies.set(name, value);
    }
    this.url = url.href;
    this.status = answer.status;
    this.headers = answer.headers;
    this.html = await answer.text();
    const location = answer.headers.get("location");
    if (answer.status === 303 && location !== null) return await this.open(location);
    return this;
  }

  /** The page's only form with this action: its fields as they stand, those given changed. */
  form(action: RegExp): { readonly action: string; readonly fields: URLSearchParams } {
    const [, found = "", inner = ""] =
      [...this.html.matchAll(/<form method="post" action="([^"]*)">([\s\S]*?)<\/form>/g)].find(
        ([, to = ""]) => action.test(to),
      ) ?? [];
    const fields = new URLSearchParams();
    for (const [tag] of inner.matchAll(/<input [^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(tag)?.[1] ?? "";
      const radio = tag.includes('type="radio"');
      if (!radio || tag.includes(" checked")) fields.set(name, plain(/value="([^"]*)"/.exec(tag)?.[1] ?? ""));
    }
    return { action: plain(found), fields };
  }

  async submit(action: RegExp, changes: Readonly<Record<string, string>> = {}): Promise<this> {
    const form = this.form(action);
    for (const [name, value] of Object.entries(changes)) form.fields.set(name, value);
    return await this.open(form.action, { method: "POST", body: form.fields });
  }

  get text(): string {
    const body = this.html.replace(/<(style|head)[\s\S]*?<\/\1>/g, "").replaceAll(/<[^>]*>/g, " ");
    return plain(body).replaceAll(/\s+/g, " ").trim();
  }
}

function plain(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
