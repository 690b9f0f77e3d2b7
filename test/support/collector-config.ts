import { load } from "js-yaml";
import type { Mapping } from "../../src/yaml/value";
import { environmentOf } from "./kubelet";

/**
 * Returns the configuration of a Collector's container as its process finds it.
 *
 * @param fields the pod's fields by their paths. Those that are omitted here have default values.
 */
export function collectorConfigOf(container: Mapping, fields: Readonly<Record<string, string>> = {}): Mapping {
  const pod = { "metadata.name": "web-0", "metadata.namespace": "shop", ...fields };
  return load(environmentOf(container, pod).get("OTELCOL_CONFIG") ?? "") as Mapping;
}
