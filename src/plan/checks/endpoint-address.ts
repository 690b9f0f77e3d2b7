import { getList, getString, type Value } from "../../yaml/value";

/** Where something listens, as far as a text says it. */
export interface Address {
  readonly host: string;
  readonly port?: number;
}

/** gRPC's name resolvers whose target is behind the authority: `dns:///host:port`, or `dns:host:port` (grpc `doc/naming.md`). */
const resolver = /^(?:dns|passthrough|ipv4|ipv6):(?:\/\/[^/]*\/)?(?!\/)(.*)$/i;

/**
 * Reads `host`, `host:port`, a URL, or a gRPC target. Undefined for what names no host: a socket's path, a resolver that
 * is not known, or no address at all.
 */
export function parseAddress(text: string): Address | undefined {
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

/** Whether a host is the pod itself. Linux takes 0.0.0.0 for it as well. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost(?:[46]|\.localdomain)?|.*\.localhost|ip6-(?:localhost|loopback)|127(?:\.\d+){3}|0\.0\.0\.0|::|(?:0*:)+0*1)$/.test(
    host,
  );
}

/** Whether a host is an address rather than a name. */
export function isIp(host: string): boolean {
  return host.includes(":") || /^\d+(?:\.\d+){3}$/.test(host);
}

/** The names that a pod resolves by itself. */
export function aliasesOf(podSpec: Value): { readonly name: string; readonly ip: string }[] {
  return getList(podSpec, "hostAliases").flatMap((alias) =>
    getList(alias, "hostnames").flatMap((name) =>
      typeof name === "string" ? [{ name: name.toLowerCase(), ip: getString(alias, "ip") ?? "" }] : [],
    ),
  );
}
