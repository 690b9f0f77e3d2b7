import type { Signal } from "../../../config/configuration";
import { get, getList, isMapping, type Mapping } from "../../../yaml/value";

/** All signals, in the order of their pipelines, which doesn't depend on the order in `spec.agent.signals`. */
export const signals: readonly Signal[] = ["traces", "metrics", "logs"];

/**
 * Returns the signals that a Collector's configuration forwards from the receiver `otlp`. `spec.agent.config` can add
 * pipelines, and remove them. The name of a pipeline is a signal, or a signal and a name of its own: `metrics/all`.
 */
export function otlpSignals(config: Mapping): readonly Signal[] {
  const pipelines = get(config, "service", "pipelines");
  const forwarded = Object.entries(isMapping(pipelines) ? pipelines : {})
    .filter(([, pipeline]) => getList(pipeline, "receivers").includes("otlp"))
    .map(([name]) => name.replace(/\/.*$/s, ""));
  return signals.filter((signal) => forwarded.includes(signal));
}
