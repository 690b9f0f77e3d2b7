import { getList, getString, type Value } from "../yaml/value";

/** A host and, if the text names one, a port. */
export interface Address {
  /** Lowercase, without a trailing dot, and without brackets for IPv6. */
  readonly host: string;
  readonly port?: number;
}

/** An address, and what precedes it. */
export interface SchemeAndAddress {
  /** The name of a URL's scheme or of a gRPC resolver, in lowercase. Undefined if the text has neither. */
  readonly scheme?: string;
  /** The text before the address as it was written, such as `dns:///` or `https://`. */
  readonly prefix: string;
  readonly address: string;
}

/**
 * gRPC's name resolvers, whose target comes after the authority: `dns:///host:port`, or `dns:host:port` (grpc
 * `doc/naming.md`).
 */
const resolver = /^((dns|passthrough|ipv4|ipv6|unix|unix-abstract|vsock|xds):(?:\/\/[^/]*\/|\/(?!\/))?)(?!\/)(.*)$/is;

/** Splits a URL or a gRPC target. A text such as `host:port` has no scheme. */
export function splitScheme(text: string): SchemeAndAddress {
  const [, prefix = "", scheme, address = text] =
    resolver.exec(text) ?? /^(([a-z][-a-z0-9+.]*):\/\/)(.*)$/is.exec(text) ?? [];
  return { ...(scheme === undefined ? {} : { scheme: scheme.toLowerCase() }), prefix, address };
}

/** Parses `host` or `host:port`. Returns undefined for anything else, such as a port that isn't a number. */
export function parseHostPort(text: string): Address | undefined {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:[\]]+|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return undefined;
  return { host: host.toLowerCase().replace(/\.$/, ""), ...(port === undefined ? {} : { port: Number(port) }) };
}

/** The schemes of addresses that aren't a host. */
const otherSchemes: ReadonlySet<string | undefined> = new Set(["unix", "unix-abstract", "vsock", "xds"]);

/**
 * Parses `host`, `host:port`, a URL, or a gRPC target. Returns undefined if the text names no host: a socket's path, an
 * unknown resolver, or no address at all.
 */
export function parseAddress(text: string): Address | undefined {
  const { scheme, prefix, address } = splitScheme(text.trim());
  if (otherSchemes.has(scheme)) return undefined;
  // A URL can have a user and a path.
  const [, authority = address] = (prefix.endsWith("://") && /^(?:[^/?#]*@)?([^/?#]*)/.exec(address)) || [];
  return parseHostPort(authority);
}

/**
 * Parses the collector's endpoint: an address, or several that are separated by commas. Returns undefined if one of
 * them names no host.
 */
export function parseEndpoint(endpoint: string): readonly Address[] | undefined {
  const addresses = endpoint.split(",").map(parseAddress);
  const known = addresses.filter((address) => address !== undefined);
  return known.length < addresses.length ? undefined : known;
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

/** Reports whether a pod looks a host, in lowercase, up in DNS: it isn't an IP address, and not in `hostAliases`. */
export function needsDns(host: string, podSpec: Value): boolean {
  return !isIp(host) && !aliasesOf(podSpec).some(({ name }) => name === host);
}

/** A Service, as a host names it. */
export interface ServiceName {
  readonly name: string;
  /** Undefined if it is the namespace of the pod. */
  readonly namespace?: string;
}

/**
 * Returns the Service that a host, in lowercase, can be: `name`, `name.namespace`, or with `.svc` and the cluster's domain
 * after them. Two labels can also be a domain on the Internet.
 */
export function serviceNameOf(host: string): ServiceName | undefined {
  const [name = "", namespace, ...rest] = host.split(".");
  if (!/[a-z]/.test(host) || (rest.length > 0 && rest[0] !== "svc")) return undefined;
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}
