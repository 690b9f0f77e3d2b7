import { type AgentConfiguration, type Configuration, certManagerOf } from "../../../config/configuration";
import type { Finding } from "../../../kube/finding";
import { invalid, type WrittenVersion } from "../image-version";
import { portProblems } from "../port-problems";
import { probeProblems } from "../probes";
import { clientCertificateMinor, flag, type JaegerVersion, lastMinor, longLifetime, renewalMinor } from "./flags";
import { healthCheck, portsOf } from "./ports";
import { readVersion } from "./version";

/**
 * Returns the errors and notices of a configuration for the Jaeger agent: its version, ports and
 * probes, and the agent's end of life.
 */
export function check(configuration: Configuration): readonly Finding[] {
  const read = readVersion(configuration);
  const { agent } = configuration;
  return [
    ...("finding" in read
      ? [read.finding]
      : [...checkClientCertificate(configuration, read.version), ...checkArguments(agent, read.version)]),
    ...portProblems(portsOf(agent)),
    ...probeProblems(agent, healthCheck(agent), portsOf(agent)),
    endOfLife,
  ];
}

/**
 * Returns an error if an argument moves the port for health and metrics: the container's port and probes, and the
 * PodMonitor, come from `spec.agent.ports`.
 */
function checkArguments(agent: AgentConfiguration, version: JaegerVersion): Finding[] {
  const [name = ""] = flag("admin", "", version).split("=");
  const address = agent.args.findLast((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  const { port } = portsOf(agent).find(({ use }) => use === "admin") ?? {};
  const isSame = ["", ":", "0.0.0.0:", "[::]:"].some((host) => address === `${host}${port}`);
  if (address === undefined || address.includes("$") || isSame) return [];
  const message = `${name} changes where the agent serves health and metrics, but the kubelet and Prometheus still use port ${port} of the pod. Remove the argument. To change the port, set spec.agent.ports.admin.`;
  return [invalid("spec.agent.args", message).finding];
}

const endOfLife: Finding = {
  code: "notice-jaeger-end-of-life",
  severity: "info",
  message:
    `The Jaeger agent has no releases after 1.${lastMinor}.0 (jaegertracing/jaeger#4739). ` +
    "Use the OpenTelemetry Collector instead (type: otelcol).",
  configField: { path: "spec.agent.type" },
};

function checkClientCertificate(
  { collector }: Configuration,
  { minor, patch, field: path }: JaegerVersion & Pick<WrittenVersion, "field">,
): Finding[] {
  if (collector.tls?.clientCertificate === undefined) return [];
  if (minor < clientCertificateMinor) {
    const message =
      `Jaeger agent 1.${minor}.${patch} doesn't support client certificates. ` +
      `Use 1.${clientCertificateMinor}.0 or later, or remove spec.collector.tls.clientCertificate.`;
    return [invalid(path, message).finding];
  }
  if (minor >= renewalMinor) return [];
  const certManager = certManagerOf({ collector });
  // cert-manager compares the durations of a Certificate and its last request only if both have one
  // (`pkg/util/pki/match.go`).
  const existing =
    certManager === undefined || certManager.duration !== undefined
      ? ""
      : ` To leave time for this, its Certificates have a duration of ${longLifetime.duration}. cert-manager doesn't reissue ` +
        "existing certificates that were requested without a duration. Renew these once with `cmctl renew`.";
  return [
    {
      code: "notice-certificate-not-reloaded",
      severity: "info",
      message:
        `Jaeger agent 1.${minor}.${patch} doesn't reload a renewed client certificate. Restart its pods between ` +
        `renewal and expiry, or use 1.${renewalMinor}.0 or later (jaegertracing/jaeger#4159).${existing}`,
      configField: { path },
    },
  ];
}
