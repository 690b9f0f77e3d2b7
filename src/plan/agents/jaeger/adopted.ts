import { posix } from "node:path";
import type { Configuration } from "../../../config/configuration";
import { parseImage } from "../../../kube/image";
import type { Workload } from "../../../kube/workload";
import { get, getList, getString, isMapping, type Mapping, sameValue, type Value } from "../../../yaml/value";
import { namespaceOf } from "../../select";
import type { AgentParts } from "../agent-type";

/*
 * What becomes of a Jaeger agent that stood in a pod before. Its flags as jaegertracing/jaeger v1.12.0 to v1.62.0 had
 * them: `cmd/agent/app/flags.go`, `cmd/agent/app/reporter/flags.go`, `cmd/agent/app/reporter/grpc/flags.go`,
 * `pkg/config/tlscfg/flags.go`, `cmd/internal/flags/admin.go`. No value is ever told: it could be a secret.
 */

/** How the configuration's agent compares to the one before, in one point. */
export interface SettingComparison {
  /** A flag, a variable or a field of the container. */
  readonly setting: string;
  /** `same` and `other`: what the configuration says of it; `none`: nothing says it any more. */
  readonly outcome: "same" | "other" | "none";
  /** The field of the configuration, or another reason. */
  readonly reason?: string;
}

/** Whether a container is a Jaeger agent, by its image or else by what it is told. */
export function isJaegerAgent(container: Value): boolean {
  if (parseImage(getString(container, "image") ?? "").name === "jaeger-agent") return true;
  return [...flagsOf(container).keys()].some((flag) => /^--(?:reporter\.grpc|processor\.jaeger-compact)\./.test(flag));
}

/** The flags of a container with their values; of one that is given twice the last, as the agent heeds it. */
function flagsOf(container: Value): Map<string, string> {
  const args = [...textsOf(container, "command"), ...textsOf(container, "args")];
  const flags = new Map<string, string>();
  args.forEach((arg, index) => {
    const [, flag, value] = /^(--[a-z][\w.-]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (flag === undefined) return;
    const next = args[index + 1];
    flags.set(flag, value ?? (next === undefined || next.startsWith("-") ? "true" : next));
  });
  return flags;
}

/** A list's elements as texts. What is no scalar, which the API refuses, is none: `- --flag: value` is a mapping. */
function textsOf(container: Value, list: "command" | "args"): string[] {
  return getList(container, list).map((element) => (typeof element === "object" ? "" : String(element)));
}

/** An agent that was there, and the one that takes its place. */
interface Change {
  readonly container: Value;
  readonly workload: Workload;
  /** With its templates expanded. */
  readonly configuration: Configuration;
  readonly parts: AgentParts;
}

/** What became of everything that a container was told. */
export function compareAgents(change: Change): SettingComparison[] {
  const flags = [...flagsOf(change.container)].map(([flag, value]) => {
    const compare = known[flag] ?? ((): SettingComparison => furtherFlag(change, flag, value));
    return compare({ ...change, flag, value });
  });
  return [...flags, ...variables(change), ...fields(change)];
}

type Compare = (flag: Change & { readonly flag: string; readonly value: string }) => SettingComparison;

/** A flag whose meaning is a field of the configuration. */
function field(name: string, isSame: (change: Change, value: string) => boolean): Compare {
  return ({ flag, value, ...change }) => ({
    setting: flag,
    outcome: isSame(change, value) ? "same" : "other",
    reason: name,
  });
}

const certificate = field("spec.collector.tls.clientCertificate", (change, path) =>
  sameFile(change, path, clientFile(change, posix.basename(path))),
);

const tlsEnabled = field(
  "spec.collector.tls",
  ({ configuration }, value) => (value !== "false") === (configuration.collector.tls !== undefined),
);

const known: Readonly<Record<string, Compare>> = {
  "--reporter.grpc.host-port": field(
    "spec.collector.endpoint",
    ({ configuration }, value) => configuration.collector.endpoint === value,
  ),
  "--reporter.grpc.tls": tlsEnabled,
  "--reporter.grpc.tls.enabled": tlsEnabled,
  "--reporter.grpc.tls.ca": field("spec.collector.tls.ca", (change, path) => sameFile(change, path, caFile(change))),
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
  "--agent.tags": tags,
  "--jaeger.tags": tags,
  "--processor.jaeger-compact.server-host-port": listener(6831, "UDP"),
  "--processor.jaeger-binary.server-host-port": listener(6832, "UDP"),
  "--processor.zipkin-compact.server-host-port": listener(5775, "UDP"),
  "--http-server.host-port": listener(5778, "TCP"),
  "--admin.http.host-port": listener(14271, "TCP", ""),
  "--admin-http-port": listener(14271, "TCP", ""),
};

/** Ports and addresses are the function's own. */
function listener(port: number, protocol: "TCP" | "UDP", host = "127.0.0.1"): Compare {
  return ({ flag, value, parts }) => {
    const listens = parts.ports.some((one) => one.port === port && one.protocol === protocol);
    if (!listens) return { setting: flag, outcome: "none", reason: "the agent does not listen there" };
    const isSame = [`${host}:${port}`, ...(host === "" ? [String(port), `0.0.0.0:${port}`] : [`localhost:${port}`])];
    return { setting: flag, outcome: isSame.includes(value) ? "same" : "other", reason: `always ${host}:${port}` };
  };
}

/** What the function itself writes no flag for is left to `spec.agent.args`, which are flags of another agent's else. */
function furtherFlag({ configuration }: Change, flag: string, value: string): SettingComparison {
  const { type, args } = configuration.agent;
  if (type !== "jaeger") return { setting: flag, outcome: "none" };
  const given = flagsOf({ args }).get(flag);
  if (given === undefined) return { setting: flag, outcome: "none", reason: "spec.agent.args can give it" };
  return { setting: flag, outcome: given === value ? "same" : "other", reason: "spec.agent.args" };
}

/** Tags by their keys; the configuration's are compared by where their values come from. */
function tags({ flag, value, container, workload, configuration }: Parameters<Compare>[0]): SettingComparison {
  const missing: string[] = [];
  const changed: string[] = [];
  // What is no pair could be the rest of a value, and is not told.
  for (const [, key = "", before = ""] of value.matchAll(/(?<=^|,)\s*([\w./-]+)\s*=([^,]*)/g)) {
    const now = configuration.agent.tags[key];
    if (now === undefined) missing.push(key);
    else if (!sameTag(now, before.trim(), container, namespaceOf(workload, configuration))) changed.push(key);
  }
  const reason = [
    "spec.agent.tags",
    ...(missing.length > 0 ? [`without ${missing.join(", ")}`] : []),
    ...(changed.length > 0 ? [`another value of ${changed.join(", ")}`] : []),
  ];
  return { setting: flag, outcome: reason.length === 1 ? "same" : "other", reason: reason.join("; ") };
}

function sameTag(
  now: Configuration["agent"]["tags"][string],
  before: string,
  container: Value,
  namespace: string | undefined,
): boolean {
  const variable = /^\$\{(\w+)(?::[^}]*)?\}$/.exec(before)?.[1];
  const entry = getList(container, "env").find((one) => variable !== undefined && getString(one, "name") === variable);
  const fieldPath = getString(entry, "valueFrom", "fieldRef", "fieldPath");
  if (typeof now === "string") return now === (variable === undefined ? before : getString(entry, "value"));
  if (fieldPath !== undefined) return fieldPath === now.fieldPath;
  // The Jaeger Operator writes the namespace itself (jaeger-operator `pkg/inject/sidecar.go`).
  return variable === undefined && now.fieldPath === "metadata.namespace" && before === namespace;
}

/** What stands for a file of a Secret or ConfigMap, so that two can be compared. */
function sourceFile(kind: "Secret" | "ConfigMap", name: string, key: string): string {
  return `${kind}/${name}/${key}`;
}

function sameFile({ container, workload }: Change, path: string, now: string | undefined): boolean {
  if (now === undefined) return false;
  const mount = getList(container, "volumeMounts").find((one) => {
    const at = getString(one, "mountPath");
    return at !== undefined && posix.dirname(path) === posix.normalize(at).replace(/(?<=.)\/$/, "");
  });
  const volume = getList(workload.podSpec, "volumes").find(
    (one) => mount !== undefined && get(one, "name") === get(mount, "name"),
  );
  const secret = getString(volume, "secret", "secretName");
  const configMap = getString(volume, "configMap", "name");
  const key = posix.basename(path);
  return (
    (secret !== undefined && sourceFile("Secret", secret, key) === now) ||
    (configMap !== undefined && sourceFile("ConfigMap", configMap, key) === now)
  );
}

function clientFile({ configuration }: Change, key: string): string | undefined {
  const client = configuration.collector.tls?.clientCertificate;
  if (client === undefined || "csi" in client) return undefined;
  return sourceFile("Secret", "certManager" in client ? client.certManager.secretName : client.secretName, key);
}

function caFile(change: Change): string | undefined {
  const authority = change.configuration.collector.tls?.certificateAuthority;
  if (authority === undefined) return undefined;
  if ("fromClientCertificate" in authority) return clientFile(change, "ca.crt");
  return "secretName" in authority
    ? sourceFile("Secret", authority.secretName, authority.key)
    : sourceFile("ConfigMap", authority.configMapName, authority.key);
}

/** The variables that are not only there for a tag. */
function variables({ container, configuration, parts }: Change): SettingComparison[] {
  const args = textsOf(container, "args").join(" ");
  const ours = getList(parts.container, "env");
  return getList(container, "env").flatMap((entry): SettingComparison[] => {
    const name = getString(entry, "name");
    if (name === undefined || new RegExp(`\\$[({]${name.replace(/\W/g, "\\$&")}[:)}]`).test(args)) return [];
    const now = ours.find((one) => getString(one, "name") === name);
    const setting = `the variable ${name}`;
    if (now !== undefined)
      return [{ setting, outcome: sameValue(now, entry) ? "same" : "other", reason: "spec.agent.env" }];
    const reason = configuration.agent.type === "jaeger" ? { reason: "spec.agent.env can give it" } : {};
    return [{ setting, outcome: "none", ...reason }];
  });
}

/** Told in their own right, or as the flags and volumes that they are for, or the API's own defaults. */
const toldElsewhere = new Set([
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

const ownFields = new Set(["image", "imagePullPolicy", "resources", "securityContext"]);

/** All else that the container said. */
function fields({ container, parts }: Change): SettingComparison[] {
  if (!isMapping(container)) return [];
  return Object.entries(container as Mapping).flatMap(([what, value]): SettingComparison[] => {
    if (toldElsewhere.has(what)) return [];
    const now = parts.container[what];
    const reason = ownFields.has(what) ? { reason: `spec.agent.${what}` } : {};
    if (now === undefined) return [{ setting: what, outcome: "none", ...reason }];
    return [{ setting: what, outcome: sameValue(now, value) ? "same" : "other", ...reason }];
  });
}
