import type { Mapping } from "../../yaml/value";
import { escapeDollar } from "../agents/escape-dollar";
import { identityOf } from "./identity";
import type { PresetInput } from "./preset";

/** The variables that set the host that an SDK sends its spans to. If one of them is set, the preset adds no address. */
const hostVariables = ["JAEGER_AGENT_HOST", "JAEGER_ENDPOINT"];

/** The port that Jaeger's SDKs send the compact protocol to by default. */
const defaultPort = 6831;

/**
 * Returns the variables that make Jaeger's SDKs send to the agent under the name of the service.
 *
 * The port isn't set if the compact protocol has its default port: each SDK has the port of its own protocol by default
 * (jaeger-client-node sends the binary protocol to 6832, all others the compact one to 6831), and the agent listens on
 * both.
 */
export function jaegerPreset(input: PresetInput): Mapping[] {
  const { env, parts } = input;
  const port = parts.ports.find(({ use }) => use === "jaegerCompact")?.port;
  const addsHost = port !== undefined && !hostVariables.some((name) => env.variables.has(name));
  const addsPort = addsHost && port !== defaultPort && !env.variables.has("JAEGER_AGENT_PORT");
  const serviceName = identityOf(input)?.serviceName;
  return [
    ...(addsHost ? [{ name: "JAEGER_AGENT_HOST", value: "127.0.0.1" }] : []),
    ...(addsPort ? [{ name: "JAEGER_AGENT_PORT", value: String(port) }] : []),
    ...(serviceName === undefined || env.variables.has("JAEGER_SERVICE_NAME")
      ? []
      : [{ name: "JAEGER_SERVICE_NAME", value: escapeDollar(serviceName) }]),
  ];
}
