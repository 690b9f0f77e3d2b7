import type { AgentConfiguration } from "../../../config/configuration";
import { formatPath } from "../../../config/json-path";
import type { Finding } from "../../../kube/finding";
import { listAll } from "../../../kube/message-text";
import { getMapping, type Mapping } from "../../../yaml/value";
import { type ComponentSection, componentSections, contains, distributionOf } from "./distribution";
import type { OtelcolVersion } from "./version";

/** The repository of an image with every component of opentelemetry-collector-contrib. */
const largestImage = "otel/opentelemetry-collector-contrib";

/**
 * Reports components that the agent's image lacks, so that the Collector doesn't start. If the release is newer than the
 * known ones, they are only a notice, because it can contain more components.
 *
 * @param config the Collector's configuration, after `spec.agent.config` was merged.
 */
export function componentFindings(config: Mapping, agent: AgentConfiguration, version: OtelcolVersion): Finding[] {
  const components = componentsOf(config);
  if (version.major > 0) return [unknownRelease(components, agent, version)];
  const distribution = distributionOf(agent.image);
  if (distribution === undefined) return [];
  const { title, lastMinor } = distribution;
  const missing = components.filter(({ section, name }) => !contains(distribution, section, name));
  return missing.map(({ section, name }): Finding => {
    const component = `the ${componentSections[section]} ${name}`;
    const configField = { path: formatPath(["spec", "agent", "config", section, name]) };
    if (version.minor <= lastMinor) {
      const message = `${title} of the Collector doesn't contain ${component}, so the Collector doesn't start. Use an image that contains it, such as ${largestImage}.`;
      return { code: "warn-missing-component", severity: "warning", message, configField };
    }
    const message = `${title} of the Collector doesn't contain ${component} in 0.${lastMinor}.0, the newest release whose components tracing-sidecar knows. If 0.${version.minor} doesn't contain it either, the Collector doesn't start. In that case, use an image that contains it, such as ${largestImage}.`;
    return { code: "notice-unknown-components", severity: "info", message, configField };
  });
}

interface Component {
  readonly section: ComponentSection;
  readonly name: string;
}

function componentsOf(config: Mapping): Component[] {
  return (Object.keys(componentSections) as ComponentSection[]).flatMap((section) =>
    Object.keys(getMapping(config, section)).flatMap((name) => (name.includes("$") ? [] : [{ section, name }])),
  );
}

/** Core 1.x can lack components, or disable those that aren't stable (opentelemetry-collector `docs/rfcs/core-distro-v1.md`). */
function unknownRelease(
  components: readonly Component[],
  agent: AgentConfiguration,
  { major, minor }: OtelcolVersion,
): Finding {
  const used = listAll(components.map(({ section, name }) => `the ${componentSections[section]} ${name}`));
  return {
    code: "notice-unknown-components",
    severity: "info",
    message: `OpenTelemetry Collector ${major}.${minor} is newer than the releases that this version of tracing-sidecar knows. A 1.x release can lack components, or disable those that aren't stable. Check that the image runs ${used}.`,
    configField: { path: agent.version === undefined ? "spec.agent.image" : "spec.agent.version" },
  };
}
