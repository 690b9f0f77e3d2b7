import type { Finding } from "../../kube/finding";
import { parseHostPort, type SchemeAndAddress, splitScheme } from "../endpoint-address";

/** How an agent reads the collector's endpoint. Both agents use gRPC for Go. */
export interface EndpointRule {
  /** The agent and its version in a sentence. */
  readonly title: string;
  /** The URL schemes and gRPC resolvers that can precede the address. */
  readonly schemes: readonly string[];
  /**
   * How the agent reads an address without a scheme. With `dns`, gRPC uses port 443 if there is none; with
   * `passthrough`, the port is required. With `validated`, the agent itself requires a port number, and `://` after a
   * scheme.
   */
  readonly reading: "dns" | "passthrough" | "validated";
  /** An example of a valid address, without a scheme. */
  readonly example: string;
  /** What to do if the address is a URL with a path, as the end of a sentence. Default: only to use `example`. */
  readonly forUrlWithPath?: string;
}

/** Returns a finding about `spec.collector.endpoint`. */
export function endpointFinding(code: Finding["code"], severity: Finding["severity"], message: string): Finding {
  return { code, severity, message, configField: { path: "spec.collector.endpoint" } };
}

/**
 * Returns a template as an endpoint that it could expand to. The values of `{name}` and `{namespace}` consist of letters,
 * digits, dots and dashes.
 */
export function sampleEndpoint(template: string): string {
  return template.replace(/\{\w+\}/g, "x");
}

/**
 * Checks one address of an endpoint. Returns an error if the agent doesn't accept it or can never connect to it, and a
 * notice if gRPC uses its default port. The messages don't quote the address, because a URL can contain a password.
 *
 * Source: grpc-go `clientconn.go` (`initParsedTargetAndResolverBuilder`), `internal/resolver/dns/dns_resolver.go`
 * (`parseTarget`); Go `net.SplitHostPort`.
 */
export function checkAddress(text: string, rule: EndpointRule): Finding[] {
  const split = splitScheme(text);
  const { scheme, prefix, address } = split;
  if (scheme !== undefined && !isSupported(split, rule)) {
    const written = /^[^:]*:\/*/.exec(prefix)?.[0];
    const isResolver = rule.schemes.includes(scheme) && !scheme.startsWith("http") && address !== "";
    const problem = isResolver ? `instead of "${scheme}:///"` : `, which ${rule.title} doesn't support`;
    return error(
      `starts with "${written}"${isResolver ? " " : ""}${problem}. Use an address such as "${resolver}${rule.example}"`,
    );
  }
  if (scheme !== undefined && sockets.has(scheme)) return [];
  const { port, isMalformed } = readAddress(address, rule);
  // The authority of a resolver is left out.
  const example = `"${prefix.startsWith("http") ? prefix : resolver}${rule.example}"`;
  if (isMalformed)
    return error(`${malformation(address)}. Use an address such as ${example}${alternativeTo(split, rule)}`);
  if (port !== undefined) return [];
  if (rule.reading === "validated" || (scheme ?? rule.reading) !== "dns")
    return error(`has no port, which ${rule.title} requires. Add the port, as in ${example}`);
  const message = "has no port, so gRPC uses port 443. Add the port if the collector listens on another one.";
  return [endpointFinding("notice-default-port", "info", message)];
}

/** Returns what is wrong with an address that isn't a host with a port, as the end of a sentence. */
function malformation(address: string): string {
  if (/[/?#@]/.test(address)) return "must be a single host and port, without a path or user";
  if (address.includes(",")) return "must be a single host and port, not a list";
  if (/^[^[\]]*:[^[\]]*:/.test(address)) return "must have an IPv6 address in brackets, as in [::1]:4317";
  return "must be a host and a port number from 1 to 65535";
}

/** Returns what to do with a URL with a path instead of using only its host, as the end of a sentence. */
function alternativeTo({ prefix, address }: SchemeAndAddress, { forUrlWithPath }: EndpointRule): string {
  const hasPath = prefix.startsWith("http") && /^[^/?#@]+\//.test(address);
  return hasPath && forUrlWithPath !== undefined ? `, or ${forUrlWithPath}` : "";
}

const resolver = "dns:///";

/** gRPC's resolvers whose address isn't a host. */
const sockets: ReadonlySet<string> = new Set(["unix", "unix-abstract"]);

function error(problem: string): Finding[] {
  return [endpointFinding("invalid-config", "error", `${problem}.`)];
}

function isSupported({ scheme = "", prefix, address }: SchemeAndAddress, { schemes, reading }: EndpointRule): boolean {
  if (!schemes.includes(scheme) || address === "") return false;
  // The Collector compares these with the case as written (opentelemetry-collector `config/configgrpc/configgrpc.go`).
  if (scheme === "http" || scheme === "https") return prefix === `${scheme}://`;
  // `dns://host` is an authority without an address.
  return !prefix.endsWith("://") && (reading !== "validated" || prefix.includes("://"));
}

/** Returns an address' port as text, and whether it isn't a host with an optional port. */
function readAddress(
  address: string,
  { reading }: EndpointRule,
): { readonly port?: string; readonly isMalformed: boolean } {
  // gRPC for Go reads an omitted host as localhost.
  const withHost = address.replace(/^:/, "localhost:");
  // Go knows the ports of a few services by name. The Collector's own check doesn't.
  const named = reading === "validated" ? undefined : /^([^:]+):([a-z][-a-z0-9]*)$/i.exec(withHost);
  const parsed = parseHostPort(named?.[1] ?? withHost);
  const port = named?.[2] ?? parsed?.port?.toString();
  const isOutOfRange = parsed?.port !== undefined && (parsed.port < 1 || parsed.port > 65_535);
  return {
    ...(port === undefined ? {} : { port }),
    isMalformed: parsed === undefined || isOutOfRange || /[/?#@,]/.test(parsed.host),
  };
}
