import { type Address, isLoopback, parseEndpoint } from "../endpoint-address";
import type { CheckContext } from "./check";

/**
 * Returns the addresses of the collector. Returns undefined if they aren't known, or if one of them is the pod itself.
 */
export function collectorAddresses({ parts }: CheckContext): readonly Address[] | undefined {
  const addresses = parts.endpoint === undefined ? undefined : parseEndpoint(parts.endpoint);
  return addresses?.some(({ host }) => isLoopback(host)) ? undefined : addresses;
}
