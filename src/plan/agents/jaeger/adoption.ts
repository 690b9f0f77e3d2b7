import { type Configuration, secretNameOf } from "../../../config/configuration";
import { parseImage } from "../../../kube/image";
import { normalizePath } from "../../../kube/normalize-path";
import { get, getList, getString, isMapping, sameValue, type Value } from "../../../yaml/value";
import { namespaceOf } from "../../namespace";
import type { Adoption, AgentPort, Replacement, SettingComparison } from "../agent-type";
import { endpointFlag } from "./flags";

/*
 * Compares a Jaeger agent that is adopted with the agent that replaces it. The flags are those of jaegertracing/jaeger
 * v1.12.0 to v1.62.0: `cmd/agent/app/flags.go`, `cmd/agent/app/reporter/flags.go`,
 * `cmd/agent/app/reporter/grpc/flags.go`, `pkg/config/tlscfg/flags.go`, `cmd/internal/flags/admin.go`.
 */

/** How Jaeger agents that the function didn't add are recognized and compared. */
export const adoption: Adoption = {
  noun: "a Jaeger agent",
  recognizes,
  endpoint: (container) => flagsOf(container).get(endpointFlag) || undefined,
  usesTls: (container) => tlsFlags.some((flag) => isTrue(flagsOf(container).get(flag) ?? "false")),
  compare,
};

/** The last segment of the image's repository. */
export const imageName = "jaeger-agent";

/** Reports whether a container is a Jaeger agent, judging by the name of its image, or else by its flags. */
function recognizes(container: Value): boolean {
  if (parseImage(getString(container, "image") ?? "").name === imageName) return true;
  return [...flagsOf(container).keys()].some((flag) => /^--(?:reporter\.grpc|processor\.jaeger-compact)\./.test(flag));
}

/**
 * Returns a container's flags with their values. If a flag is repeated, the last one counts, as it does for the agent.
 */
function flagsOf(container: Value): Map<string, string> {
  const args = [...listOfTexts(container, "command"), ...listOfTexts(container, "args")];
  const flags = new Map<string, string>();
  args.forEach((arg, index) => {
    const [, flag, value] = /^(--[a-z][\w.-]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (flag === undefined) return;
    const next = args[index + 1];
    flags.set(flag, value ?? (next === undefined || next.startsWith("-") ? "true" : next));
  });
  return flags;
}

/**
 * Returns a list's elements as texts. An element that isn't a scalar becomes an empty text. The API rejects such an
 * element, for example `- --flag: value`, which is a mapping.
 */
function listOfTexts(container: Value, list: "command" | "args"): string[] {
  return getList(container, list).map((element) => (typeof element === "object" ? "" : String(element)));
}

/**
 * Compares every flag, variable and field of the adopted agent with the agent that replaces it. Returns one result per
 * setting: flags first, then variables, then fields, each in the order of the container.
 */
function compare(replacement: Replacement): SettingComparison[] {
  const flags = [...flagsOf(replacement.container)].map(([flag, value]) => {
    const compareFlag = comparisons[flag] ?? compareOtherFlag;
    return compareFlag({ ...replacement, flag, value });
  });
  return [...flags, ...compareVariables(replacement), ...compareFields(replacement)];
}

/** A flag of the adopted agent with its value. */
interface ReplacedFlag extends Replacement {
  readonly flag: string;
  readonly value: string;
}

type Compare = (flag: ReplacedFlag) => SettingComparison;

/** Compares a flag that corresponds to a field of the configuration. */
function field(configPath: string, isSame: (replacement: Replacement, value: string) => boolean): Compare {
  return ({ flag, value, ...replacement }) => ({
    setting: flag,
    outcome: isSame(replacement, value) ? "same" : "other",
    reason: configPath,
  });
}

const certificate = field("spec.collector.tls.clientCertificate", (replacement, path) =>
  isSameFile(replacement, path, clientFile(replacement, fileName(path))),
);

/** The flags that enable TLS: the one before 1.17, and the one since. */
const tlsFlags = ["--reporter.grpc.tls", "--reporter.grpc.tls.enabled"];

const tlsEnabled = field(
  "spec.collector.tls",
  ({ configuration }, value) => isTrue(value) === (configuration.collector.tls !== undefined),
);

function isTrue(value: string): boolean {
  return value !== "false";
}

const comparisons: Readonly<Record<string, Compare>> = {
  [endpointFlag]: field(
    "spec.collector.endpoint",
    ({ configuration }, value) => configuration.collector.endpoint === value,
  ),
  ...Object.fromEntries(tlsFlags.map((flag) => [flag, tlsEnabled])),
  "--reporter.grpc.tls.ca": field("spec.collector.tls.ca", (replacement, path) =>
    isSameFile(replacement, path, caFile(replacement)),
  ),
  "--reporter.grpc.tls.cert": certificate,
  "--reporter.grpc.tls.key": certificate,
  "--reporter.grpc.tls.server-name": field(
    "spec.collector.tls.serverName",
    ({ configuration }, value) => configuration.collector.tls?.serverName === value,
  ),
  "--reporter.grpc.tls.skip-host-verify": ({ flag, value }) => ({
    setting: flag,
    outcome: value === "false" ? "same" : "other",
    reason: "the collector's certificate is always verified",
  }),
  "--agent.tags": compareTags,
  "--jaeger.tags": compareTags,
  "--processor.jaeger-compact.server-host-port": listener("jaegerCompact"),
  "--processor.jaeger-binary.server-host-port": listener("jaegerBinary"),
  "--processor.zipkin-compact.server-host-port": listener("zipkinCompact"),
  "--http-server.host-port": listener("sampling"),
  "--admin.http.host-port": listener("admin", ""),
  "--admin-http-port": listener("admin", ""),
};

/** Compares a flag for a listening address. The configuration decides only its port. */
function listener(use: AgentPort["use"], host = "127.0.0.1"): Compare {
  return ({ flag, value, parts }) => {
    const listening = parts.ports.find((port) => port.use === use);
    if (listening === undefined)
      return { setting: flag, outcome: "none", reason: "the agent doesn't listen on this port" };
    const { port, field: configPath } = listening;
    const spellings = [`${host}:${port}`, ...(host === "" ? [String(port), `0.0.0.0:${port}`] : [`localhost:${port}`])];
    const outcome = spellings.includes(value) ? "same" : "other";
    return { setting: flag, outcome, reason: `${host}:${port}, port from ${configPath}` };
  };
}

/**
 * Compares a flag that the function never sets. Only `spec.agent.args` can set it, and only if the new agent is a
 * Jaeger agent: another agent type has different flags.
 */
function compareOtherFlag({ configuration, sameType, flag, value }: ReplacedFlag): SettingComparison {
  if (!sameType) return { setting: flag, outcome: "none" };
  const newValue = flagsOf({ args: configuration.agent.args }).get(flag);
  if (newValue === undefined) return { setting: flag, outcome: "none", reason: "can be set in spec.agent.args" };
  return { setting: flag, outcome: newValue === value ? "same" : "other", reason: "spec.agent.args" };
}

/** Compares tags by their keys, and each tag's value or the source of its value. */
function compareTags({ flag, value, container, workload, configuration }: ReplacedFlag): SettingComparison {
  const missing: string[] = [];
  const changed: string[] = [];
  // A part that isn't a pair could be the rest of a value, so it isn't reported.
  for (const [, key = "", before = ""] of value.matchAll(/(?<=^|,)\s*([\w./-]+)\s*=([^,]*)/g)) {
    const tag = configuration.agent.tags[key];
    if (tag === undefined) missing.push(key);
    else if (!isSameTag(tag, before.trim(), container, namespaceOf(workload, configuration))) changed.push(key);
  }
  const reason = [
    "spec.agent.tags",
    ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ...(changed.length > 0 ? [`changed: ${changed.join(", ")}`] : []),
  ];
  return { setting: flag, outcome: reason.length === 1 ? "same" : "other", reason: reason.join("; ") };
}

/** Reports whether a configured tag has the value that the adopted agent's flag gave it, `before`. */
function isSameTag(
  tag: Configuration["agent"]["tags"][string],
  before: string,
  container: Value,
  namespace: string | undefined,
): boolean {
  const variable = /^\$\{(\w+)(?::[^}]*)?\}$/.exec(before)?.[1];
  const entry = getList(container, "env").find(
    (candidate) => variable !== undefined && getString(candidate, "name") === variable,
  );
  const fieldPath = getString(entry, "valueFrom", "fieldRef", "fieldPath");
  if (typeof tag === "string") return tag === (variable === undefined ? before : getString(entry, "value"));
  if (fieldPath !== undefined) return fieldPath === tag.fieldPath;
  // The Jaeger Operator writes the namespace as a literal (jaeger-operator `pkg/inject/sidecar.go`).
  return variable === undefined && tag.fieldPath === "metadata.namespace" && before === namespace;
}

/** Identifies a file of a Secret or ConfigMap, so that two files can be compared. */
function fileId(kind: "Secret" | "ConfigMap", name: string, key: string): string {
  return `${kind}/${name}/${key}`;
}

/** Reports whether a path in the adopted agent's container is the file `newFile`, an ID from `fileId`. */
function isSameFile({ container, workload }: Replacement, path: string, newFile: string | undefined): boolean {
  if (newFile === undefined) return false;
  const folder = path.startsWith("/") ? normalizePath(`${path}/..`) : undefined;
  const mount = getList(container, "volumeMounts").find((candidate) => {
    const mountPath = getString(candidate, "mountPath");
    return mountPath !== undefined && normalizePath(mountPath) === folder;
  });
  const volume = getList(workload.podSpec, "volumes").find(
    (candidate) => mount !== undefined && get(candidate, "name") === get(mount, "name"),
  );
  const secret = getString(volume, "secret", "secretName");
  const configMap = getString(volume, "configMap", "name");
  const key = fileName(path);
  return (
    (secret !== undefined && fileId("Secret", secret, key) === newFile) ||
    (configMap !== undefined && fileId("ConfigMap", configMap, key) === newFile)
  );
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Returns the ID of a file in the new agent's client certificate; undefined if it isn't in a Secret. */
function clientFile({ configuration }: Replacement, key: string): string | undefined {
  const client = configuration.collector.tls?.clientCertificate;
  if (client === undefined || "csi" in client) return undefined;
  return fileId("Secret", secretNameOf(client), key);
}

/** Returns the ID of the new agent's CA file; undefined if there is none. */
function caFile(replacement: Replacement): string | undefined {
  const authority = replacement.configuration.collector.tls?.certificateAuthority;
  if (authority === undefined) return undefined;
  if ("fromClientCertificate" in authority) return clientFile(replacement, "ca.crt");
  return "secretName" in authority
    ? fileId("Secret", authority.secretName, authority.key)
    : fileId("ConfigMap", authority.configMapName, authority.key);
}

/** Compares the environment variables, except those that the arguments refer to: they are compared with the flags. */
function compareVariables({ container, sameType, parts }: Replacement): SettingComparison[] {
  const args = listOfTexts(container, "args").join(" ");
  const newEntries = getList(parts.container, "env");
  return getList(container, "env").flatMap((entry): SettingComparison[] => {
    const name = getString(entry, "name");
    if (name === undefined || new RegExp(`\\$[({]${name.replace(/\W/g, "\\$&")}[:)}]`).test(args)) return [];
    const newEntry = newEntries.find((candidate) => getString(candidate, "name") === name);
    const setting = `variable ${name}`;
    if (newEntry !== undefined)
      return [{ setting, outcome: sameValue(newEntry, entry) ? "same" : "other", reason: "spec.agent.env" }];
    const reason = sameType ? { reason: "can be set in spec.agent.env" } : {};
    return [{ setting, outcome: "none", ...reason }];
  });
}

/** Fields that are compared separately or with the flags and volumes, and fields that the API sets by default. */
const skippedFields = new Set([
  "name",
  "command",
  "args",
  "env",
  "ports",
  "restartPolicy",
  "volumeMounts",
  "terminationMessagePath",
  "terminationMessagePolicy",
]);

const probeFields = ["livenessProbe", "startupProbe"];

/** Fields that have a field of the same name in `spec.agent`. */
const configurableFields = new Set(["image", "imagePullPolicy", "resources", "securityContext", ...probeFields]);

/** Compares the remaining fields of the container. */
function compareFields({ container, parts }: Replacement): SettingComparison[] {
  if (!isMapping(container)) return [];
  return Object.entries(container).flatMap(([setting, value]): SettingComparison[] => {
    if (skippedFields.has(setting)) return [];
    const newValue = parts.container[setting];
    const reason = configurableFields.has(setting) ? { reason: `spec.agent.${setting}` } : {};
    if (newValue === undefined) return [{ setting, outcome: "none", ...reason }];
    return [{ setting, outcome: sameValue(newValue, value) ? "same" : "other", ...reason }];
  });
}
