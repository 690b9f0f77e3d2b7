import type { Mapping, Value } from "../../src/yaml/value";
import type { SidecarSpec } from "./configuration-arbitrary";

/** The values of the variables that a configuration's templates can use. */
export interface Names {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly kind: string;
  readonly agent: string;
  /** Only for the variables of a container of the app. */
  readonly container?: string;
}

/** Expands a value, character by character. It handles only what the generated configurations contain. */
export function expandValue(value: string, names: Names): string {
  let text = "";
  for (let at = 0; at < value.length; at++) {
    const rest = value.slice(at);
    const escaped = /^\\(\\|\{[Nn]ame\}|\{agent\}|\{namespace\})/.exec(rest)?.[1];
    const name = /^\{(name|namespace|kind|agent|container)\}/.exec(rest)?.[1];
    if (escaped !== undefined) {
      text += escaped;
      at += escaped.length;
    } else if (name !== undefined && !"$%{".includes(value[at - 1] ?? " ")) {
      text += names[name as keyof Names];
      at += name.length + 1;
    } else {
      text += value[at];
    }
  }
  return text;
}

/** Expands the value of a variable, if it has one. */
export function expandVariable(variable: Mapping, names: Names): Mapping {
  const { value } = variable;
  return typeof value === "string" ? { ...variable, value: expandValue(value, names) } : variable;
}

const variables: { readonly [fieldPath: string]: string } = {
  "metadata.name": "POD_NAME",
  "metadata.namespace": "POD_NAMESPACE",
  "spec.nodeName": "POD_NODE_NAME",
};

/** Returns the Jaeger agent's container, for the versions that the generated configurations use: 1.18.1, 1.21, 1.62.0. */
export function agentContainer(spec: SidecarSpec, names: Names, podSpec: Mapping): Mapping {
  const agent = spec.agent ?? {};
  const image = agent.image ?? "jaegertracing/jaeger-agent:1.62.0";
  const tags = agent.tags ?? {
    "pod.name": { fieldPath: "metadata.name" },
    "pod.namespace": { fieldPath: "metadata.namespace" },
  };
  const fields = new Set(Object.values(tags).flatMap((tag) => (typeof tag === "string" ? [] : [tag.fieldPath])));
  const userVariables = (agent.env ?? []).map(({ name }) => name);
  const env = [
    ...[...fields]
      .map((fieldPath) => ({
        name: variables[fieldPath] as string,
        valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
      }))
      .filter(({ name }) => !userVariables.includes(name)),
    ...(agent.env ?? []).map((variable) => expandVariable(variable, names)),
  ];
  const mounts = mountsOf(spec, names);
  // Before 1.20.0, the image doesn't set USER.
  const isRoot = image.endsWith(":1.18.1") || (podSpec.securityContext as Mapping | undefined)?.runAsUser === 0;
  return {
    name: names.agent,
    image,
    ...(agent.imagePullPolicy === undefined ? {} : { imagePullPolicy: agent.imagePullPolicy }),
    args: args(spec, names, tags),
    ...(env.length > 0 ? { env } : {}),
    ports: [{ name: adminName(spec), protocol: "TCP", containerPort: agent.ports?.["admin"] ?? 14271 }],
    ...(agent.livenessProbe === null ? {} : { livenessProbe: { httpGet: healthCheck(spec), ...agent.livenessProbe } }),
    resources: agent.resources ?? {
      requests: { cpu: "50m", memory: "64Mi" },
      limits: { cpu: "100m", memory: "128Mi" },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      ...(isRoot ? { runAsUser: 10001 } : {}),
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(mounts.length > 0
      ? { volumeMounts: mounts.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })) }
      : {}),
    ...(agent.startupProbe === undefined ? {} : startupProbe(spec)),
  };
}

/** Returns an agent's container as an init container that keeps running. */
export function nativeSidecar(container: Mapping, spec: SidecarSpec): Mapping {
  return { ...container, restartPolicy: "Always", ...startupProbe(spec) };
}

function startupProbe(spec: SidecarSpec): Mapping {
  const probe = spec.agent?.startupProbe;
  if (probe === null) return {};
  const merged = { httpGet: healthCheck(spec), periodSeconds: 1, failureThreshold: 60, ...probe };
  return { startupProbe: Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)) };
}

function healthCheck(spec: SidecarSpec): Mapping {
  return { path: "/", port: adminName(spec) };
}

/** Returns the name of the port with health and metrics. */
export function adminName({ agent }: SidecarSpec): string {
  return agent?.portNames?.["admin"] ?? "admin-http";
}

/** Returns the volumes for the client certificate and for the CA. */
export function agentVolumes(spec: SidecarSpec, names: Names): Mapping[] {
  return mountsOf(spec, names).map(({ name, source }) => ({ name, ...source }));
}

function args(
  { collector, agent }: SidecarSpec,
  names: Names,
  tags: NonNullable<NonNullable<SidecarSpec["agent"]>["tags"]>,
): string[] {
  const { tls } = collector;
  const path = mountPath(agent, names);
  const written = Object.entries(tags).map(([key, tag]) =>
    typeof tag === "string"
      ? `${key}=${expandValue(tag, names).replace("$(", "$$$$(")}`
      : `${key}=\${${variables[tag.fieldPath]}:}`,
  );
  return [
    `--reporter.grpc.host-port=${collector.endpoint.replace("{namespace}", names.namespace ?? "")}`,
    ...(tls === undefined ? [] : ["--reporter.grpc.tls.enabled=true"]),
    ...(tls?.ca === undefined
      ? []
      : [`--reporter.grpc.tls.ca=${tls.ca.fromClientCertificate ? path : caPath(path)}/ca.crt`]),
    ...(tls?.clientCertificate === undefined
      ? []
      : [`--reporter.grpc.tls.cert=${path}/tls.crt`, `--reporter.grpc.tls.key=${path}/tls.key`]),
    ...(tls?.serverName === undefined ? [] : [`--reporter.grpc.tls.server-name=${tls.serverName}`]),
    ...(written.length > 0 ? [`--agent.tags=${written.join(",")}`] : []),
    ...(agent?.ports?.["admin"] === undefined ? [] : [`--admin.http.host-port=:${agent.ports["admin"]}`]),
    `--processor.jaeger-compact.server-host-port=127.0.0.1:${agent?.ports?.["jaegerCompact"] ?? 6831}`,
    `--processor.jaeger-binary.server-host-port=127.0.0.1:${agent?.ports?.["jaegerBinary"] ?? 6832}`,
    "--processor.zipkin-compact.server-host-port=127.0.0.1:5775",
    `--http-server.host-port=127.0.0.1:${agent?.ports?.["sampling"] ?? 5778}`,
    ...(agent?.args ?? []),
  ];
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly source: { readonly [kind: string]: Value };
}

function mountsOf({ collector, agent }: SidecarSpec, names: Names): Mount[] {
  const client = collector.tls?.clientCertificate;
  const ca = collector.tls?.ca;
  const path = mountPath(agent, names);
  const mounts: Mount[] = [];
  if (client !== undefined && !("csi" in client)) {
    const template =
      "certManager" in client ? (client.certManager.secretName ?? "{name}-{agent}-tls") : client.secretName;
    const secretName = template.replace("{name}", names.name).replace("{agent}", names.agent);
    const name = agent?.volumeName ?? `${names.agent}-tls`;
    mounts.push({ name, mountPath: path, source: { secret: { secretName, defaultMode: 420 } } });
  }
  const caVolume = { name: `${names.agent}-ca`, mountPath: caPath(path) };
  if (ca?.secretName !== undefined) {
    mounts.push({ ...caVolume, source: { secret: { secretName: ca.secretName, defaultMode: 420 } } });
  }
  if (ca?.configMapName !== undefined) {
    mounts.push({ ...caVolume, source: { configMap: { name: ca.configMapName, defaultMode: 420 } } });
  }
  return mounts;
}

function mountPath(agent: SidecarSpec["agent"], { agent: name }: Names): string {
  return (agent?.mountPath ?? "/var/run/{agent}/tls").replace("{agent}", name);
}

/** Returns the CA's mount path, which is in the same folder as the client certificate's. */
function caPath(path: string): string {
  return path.replace(/\/[^/]*$/, "/ca");
}
