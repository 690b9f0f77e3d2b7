import { getList, getString, type Value } from "../yaml/value";

/** A host and, if the text names one, a port. */
export interface Address {
  /** Lowercase, without a trailing dot, and without brackets for IPv6. */
  readonly host: string;
  readonly port?: number;
}

/**
 * gRPC's name resolvers whose target comes after the authority: `dns:///host:port`, or `dns:host:port` (grpc
 * `doc/naming.md`).
 */
const resolver = /^(?:dns|passthrough|ipv4|ipv6):(?:\/\/[^/]*\/)?(?!\/)(.*)$/i;

/**
 * Parses `host`, `host:port`, a URL, or a gRPC target. Returns undefined if the text names no host: a socket's path, an
 * unknown resolver, or no address at all.
 */
export function parseAddress(untrimmed: string): Address | undefined {
  const text = untrimmed.trim();
  const url = /^([a-z][-a-z0-9+.]*):\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(text);
  const target = resolver.exec(text)?.[1];
  if (/^(?:unix|unix-abstract|vsock|xds):/i.test(text)) return undefined;
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:[\]]+|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*))(?::(\d{1,5}))?$/i.exec(target ?? url?.[2] ?? text) ??
    [];
  const host = bracketed ?? plain;
  if (host === undefined) return undefined;
  return { host: host.toLowerCase().replace(/\.$/, ""), ...(port === undefined ? {} : { port: Number(port) }) };
}

/** Reports whether a host, in lowercase, is the pod itself. On Linux, this includes 0.0.0.0. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost(?:[46]|\.localdomain)?|.*\.localhost|ip6-(?:localhost|loopback)|127(?:\.\d+){3}|0\.0\.0\.0|::|(?:0*:)+0*1)$/.test(
    host,
  );
}

/**
 * Reports whether a host, in lowercase, reaches the agent, which listens on 127.0.0.1 alone. On Linux, 0.0.0.0 reaches
 * it too. Other loopback addresses don't.
 */
export function reachesAgent(host: string, podSpec: Value): boolean {
  const isAgent = (address: string) => /^(?:127\.0\.0\.1|0\.0\.0\.0)$/.test(address);
  return (
    isAgent(host) ||
    /^(?:localhost(?:4|\.localdomain)?|.*\.localhost)$/.test(host) ||
    aliasesOf(podSpec).some(({ name, ip }) => name === host && isAgent(ip))
  );
}

/** Reports whether a host is an IP address rather than a name. */
export function isIp(host: string): boolean {
  return host.includes(":") || /^\d+(?:\.\d+){3}$/.test(host);
}

/** Returns the names in `hostAliases`, in lowercase, which the pod resolves without DNS. */
export function aliasesOf(podSpec: Value): { readonly name: string; readonly ip: string }[] {
  return getList(podSpec, "hostAliases").flatMap((alias) =>
    getList(alias, "hostnames").flatMap((name) =>
      typeof name === "string" ? [{ name: name.toLowerCase(), ip: getString(alias, "ip") ?? "" }] : [],
    ),
  );
}
