import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/**
 * What is not on the public internet, by IANA's special-purpose registries (RFC 6890 and its updates): private,
 * loopback, link-local (with every cloud's metadata service), shared, test, multicast and reserved ranges.
 */
const special: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** IPv6 is refused but for global unicast (2000::/3), and in there what embeds or documents other addresses. */
const specialSix: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const refused = new BlockList();
for (const [net, bits] of special) refused.addSubnet(net, bits, "ipv4");
for (const [net, bits] of specialSix) refused.addSubnet(net, bits, "ipv6");
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** Whether the address, as `93.184.216.34` or `2606:2800::1`, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !refused.check(address, "ipv4");
    case 6:
      return globalUnicast.check(address, "ipv6") && !refused.check(address, "ipv6");
    default:
      return false;
  }
}

/** Something that may not be called, in words that name it. */
export class UrlRefused extends Error {
  override readonly name = "UrlRefused";
}

export function notPublic(host: string, address: string): UrlRefused {
  return new UrlRefused(`${host} is at ${address}, which is not on the public internet, and can't be called`);
}

export type Resolve = (
  host: string,
  done: (
    error: Error | null,
    addresses: readonly { readonly address: string; readonly family: number }[],
  ) => void,
) => void;

export const resolveBySystem: Resolve = (host, done) => {
  systemLookup(host, { all: true }, (error, addresses) => done(error, addresses ?? []));
};

/**
 * For `node:net`: resolves, and refuses unless every address is public. The socket connects to just what was
 * checked, so a name that changes its answer in between gains nothing.
 */
export function guardedLookup(resolve: Resolve): LookupFunction {
  return (host, options, done) => {
    resolve(host, (error, addresses) => {
      if (error) return done(error, "", 0);
      const wrong = addresses.find(({ address }) => !isPublicAddress(address));
      if (wrong) return done(notPublic(host, wrong.address), "", 0);
      const family = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : options.family;
      const fitting = addresses.filter((one) => !family || one.family === family);
      const [first] = fitting;
      if (!first) {
        return done(Object.assign(new Error(`${host} has no address`), { code: "ENOTFOUND" }), "", 0);
      }
      if (options.all) return done(null, [...fitting]);
      return done(null, first.address, first.family);
    });
  };
}
