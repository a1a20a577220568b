import { expect, test } from "vitest";
import { grantedSecrets, parseGrants } from "../../../src/github/actions/index.ts";

/** A repository, a secret's name, and where it may be sent: `no`, `anywhere`, or the hosts. */
type Row = readonly [grants: string, repository: string, secret: string, where: string];

test.for<Row>([
  ["acme/shop:A", "acme/shop", "A", "anywhere"],
  ["acme/shop:A", "Acme/Shop", "A", "anywhere"],
  ["ACME/Shop:A", "acme/shop", "A", "anywhere"],
  ["acme/shop:A", "acme/shop", "a", "no"],
  ["acme/shop:A", "acme/shop2", "A", "no"],
  ["acme/shop:A", "evil/shop", "A", "no"],
  ["acme/*:A", "acme/shop", "A", "anywhere"],
  ["acme/*:A", "acme/cart", "A", "anywhere"],
  ["acme/*:A", "acme-evil/shop", "A", "no"],
  ["acme/s.op:A", "acme/shop", "A", "no"],
  ["acme/shop:A,B", "acme/shop", "B", "anywhere"],
  ["acme/shop: A , B ;; acme/*:C;", "acme/cart", "C", "anywhere"],
  ["acme/shop:A\nacme/cart:B\n", "acme/cart", "B", "anywhere"],
  ["acme/shop:A\nacme/cart:B\n", "acme/cart", "A", "no"],
  ["acme/shop:A@hooks.slack.com", "acme/shop", "A", "hooks.slack.com"],
  ["acme/shop:A@Hooks.Slack.com", "acme/shop", "A", "hooks.slack.com"],
  ["acme/shop:A@hooks.slack.com:443", "acme/shop", "A", "hooks.slack.com"],
  ["acme/shop:A@a.example,A@b.example:8443", "acme/shop", "A", "a.example b.example:8443"],
  ["acme/shop:A@a.example; acme/*:A@[::1]:8080", "acme/shop", "A", "a.example [::1]:8080"],
  ["acme/shop:A@a.example; acme/*:A", "acme/shop", "A", "anywhere"],
  ["acme/shop:A@a.example; acme/cart:A", "acme/shop", "A", "a.example"],
  ["acme/shop:NOT_SET", "acme/shop", "NOT_SET", "no"],
  ["", "acme/shop", "A", "no"],
])("%j lets %s send %s: %s", ([text, repository, secret, where]) => {
  const grants = parseGrants(text);
  if ("wrong" in grants) throw new Error(grants.wrong);
  const values = new Map(["A", "B", "C"].map((name) => [name, `value of ${name}`]));
  const [owner = "", name = ""] = repository.split("/");
  const found = grantedSecrets(grants, values).get(secret, { id: 1, owner, name });
  expect(found === null ? "no" : (found.hosts?.join(" ") ?? "anywhere")).toBe(where);
  if (found) expect(found.value).toBe(`value of ${secret}`);
});

test.for([
  ["SLACK_TOKEN", "SLACK_TOKEN"],
  ["acme:A", "acme:A"],
  ["acme/shop", "acme/shop"],
  ["acme/shop:", "acme/shop:"],
  ["*:A", "*:A"],
  ["*/*:A", "*/*:A"],
  ["acme/sh*:A", "acme/sh*:A"],
  ["acme/shop/x:A", "acme/shop/x:A"],
  ["acme/shop:A; acme/cart=B", "acme/cart=B"],
  ["acme/shop:A,my-token", "my-token"],
  ["acme/shop:A,1A", "1A"],
  ["acme/shop:A@", "A@"],
  ["acme/shop:A@https://example.com", "A@https://example.com"],
  ["acme/shop:A@example.com/path", "A@example.com/path"],
  ["acme/shop:A@*.example.com", "A@*.example.com"],
  ["acme/shop:A@a@b", "A@a@b"],
  ["acme/shop:A@example.com:99999", "A@example.com:99999"],
])("%j is refused for %j", ([text = "", wrong]) => {
  expect(parseGrants(text)).toEqual({ wrong });
});
