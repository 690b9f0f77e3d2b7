import type { Mapping } from "../../yaml/value";
import { escapeDollar } from "../agents/escape-dollar";
import { identityOf } from "./identity";
import type { PresetInput } from "./preset";

/** The variables that set where an SDK sends its spans. If one of them is set, the preset adds none. */
const destinationVariables = ["JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", "JAEGER_ENDPOINT"];

/**
 * Returns the variables that make Jaeger's SDKs send to the agent under the name of the service.
 *
 * The port isn't set: each SDK has the port of its own protocol by default (jaeger-client-node sends the binary protocol
 * to 6832, all others the compact one to 6831), and the agent listens on both.
 */
export function jaegerPreset(input: PresetInput): Mapping[] {
  const { env, parts } = input;
  const hasPort = parts.ports.some(({ port, protocol }) => port === 6831 && protocol === "UDP");
  const isSet = destinationVariables.some((name) => env.variables.has(name));
  const serviceName = identityOf(input)?.serviceName;
  return [
    ...(hasPort && !isSet ? [{ name: "JAEGER_AGENT_HOST", value: "127.0.0.1" }] : []),
    ...(serviceName === undefined || env.variables.has("JAEGER_SERVICE_NAME")
      ? []
      : [{ name: "JAEGER_SERVICE_NAME", value: escapeDollar(serviceName) }]),
  ];
}
