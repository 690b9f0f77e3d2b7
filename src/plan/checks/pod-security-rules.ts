import { listAll } from "../../kube/message-text";
import { get, getList, getString, isMapping, type Mapping, type Value } from "../../yaml/value";

/*
 * The Pod Security Standards, as implemented in kubernetes
 * `staging/src/k8s.io/pod-security-admission/policy/check_*.go`. Each violated rule is returned as a requirement. If
 * Kubernetes releases differ, anything that the newest release allows is allowed, so that no pod is reported that the
 * cluster could accept. Windows pods are skipped earlier. The hosts of probes, which are checked only since 1.34, are
 * ignored.
 */

/** A level that a Namespace enforces, and the Kubernetes minor version of its rules. */
export interface Level {
  readonly restricted: boolean;
  readonly minor: number;
}

/** Returns the requirements that a pod violates, apart from its containers. */
export function podRules(podSpec: Mapping, annotations: Readonly<Record<string, string>>, level: Level): string[] {
  const requirements: string[] = [];
  for (const field of ["hostNetwork", "hostPID", "hostIPC"]) {
    if (podSpec[field] === true) requirements.push(`${field} must not be true`);
  }
  for (const volume of getList(podSpec, "volumes")) {
    const forbidden = (level.restricted ? forbiddenVolumes : ["hostPath"]).find(
      (type) => get(volume, type) !== undefined,
    );
    if (forbidden !== undefined)
      requirements.push(`volume "${getString(volume, "name")}" must not be of type ${forbidden}`);
  }
  const unsafe = getList(podSpec, "securityContext", "sysctls").find(
    (sysctl) => !safeSysctls.has(getString(sysctl, "name") ?? ""),
  );
  if (unsafe !== undefined) requirements.push(`securityContext.sysctls must not contain ${getString(unsafe, "name")}`);
  const profile = Object.entries(annotations).find(
    ([key, value]) =>
      key.startsWith("container.apparmor.security.beta.kubernetes.io/") &&
      !/^(?:|runtime\/default|localhost\/.*)$/.test(value),
  );
  if (profile !== undefined) requirements.push(`the annotation ${profile[0]} must be runtime/default`);
  return [...requirements, ...contextRules(get(podSpec, "securityContext"), podSpec, level)];
}

/** Returns the requirements that a container violates. The pod's securityContext supplies defaults. */
export function containerRules(container: Value, podSpec: Mapping, level: Level): string[] {
  const context = get(container, "securityContext");
  const podContext = get(podSpec, "securityContext");
  const requirements: string[] = [];
  if (get(context, "privileged") === true) requirements.push("securityContext.privileged must not be true");
  if (getList(container, "ports").some((port) => (get(port, "hostPort") || 0) !== 0)) {
    requirements.push("ports must not have a hostPort");
  }
  const allowed = level.restricted && level.minor >= 22 ? restrictedCapabilities : baselineCapabilities;
  const added = getList(context, "capabilities", "add").find(
    (capability) => typeof capability === "string" && !allowed.has(capability),
  );
  if (added !== undefined) requirements.push(`securityContext.capabilities.add must not contain ${added}`);
  if (!hasUserNamespace(podSpec) && !isOneOf(get(context, "procMount"), "Default")) {
    requirements.push("securityContext.procMount must be Default");
  }
  requirements.push(...contextRules(context, podSpec, level));
  if (!level.restricted) return requirements;
  if (get(context, "allowPrivilegeEscalation") !== false) {
    requirements.push("securityContext.allowPrivilegeEscalation must be false");
  }
  if (level.minor >= 22 && !getList(context, "capabilities", "drop").includes("ALL")) {
    requirements.push("securityContext.capabilities.drop must contain ALL");
  }
  if (!hasUserNamespace(podSpec) && isAbsent(context, "runAsNonRoot") && get(podContext, "runAsNonRoot") !== true) {
    requirements.push("securityContext.runAsNonRoot must be true in the container or the pod");
  }
  if (isAbsent(context, "seccompProfile") && isAbsent(podContext, "seccompProfile")) {
    requirements.push(
      "securityContext.seccompProfile.type must be RuntimeDefault or Localhost in the container or the pod",
    );
  }
  return requirements;
}

/** Returns the requirements that a securityContext violates, either a container's or a pod's. */
function contextRules(context: Value | undefined, podSpec: Mapping, level: Level): string[] {
  const requirements: string[] = [];
  if (!isMapping(context)) return requirements;
  if (!isOneOf(get(context, "appArmorProfile", "type"), "RuntimeDefault", "Localhost")) {
    requirements.push("securityContext.appArmorProfile.type must be RuntimeDefault or Localhost");
  }
  if (!isOneOf(get(context, "seccompProfile", "type"), "RuntimeDefault", "Localhost")) {
    requirements.push("securityContext.seccompProfile.type must be RuntimeDefault or Localhost");
  }
  if (!isOneOf(get(context, "seLinuxOptions", "type"), ...seLinuxTypes)) {
    requirements.push(`securityContext.seLinuxOptions.type must be one of ${listAll(seLinuxTypes, "or")}`);
  }
  for (const field of ["user", "role"]) {
    if (getString(context, "seLinuxOptions", field))
      requirements.push(`securityContext.seLinuxOptions.${field} must not be set`);
  }
  if (!level.restricted || hasUserNamespace(podSpec)) return requirements;
  if (context["runAsNonRoot"] === false) requirements.push("securityContext.runAsNonRoot must be true");
  if (context["runAsUser"] === 0 && level.minor >= 23) requirements.push("securityContext.runAsUser must not be 0");
  return requirements;
}

/** Newer releases allow root in a user namespace, because it isn't root on the node. */
function hasUserNamespace(podSpec: Mapping): boolean {
  return podSpec["hostUsers"] === false;
}

function isAbsent(context: Value | undefined, field: string): boolean {
  return (get(context, field) ?? null) === null;
}

/** Also returns true for a value of another type, which the API itself rejects. */
function isOneOf(value: Value | undefined, ...allowed: readonly string[]): boolean {
  return typeof value !== "string" || value === "" || allowed.includes(value);
}

const seLinuxTypes = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/** All volume types except projections and claims. */
const forbiddenVolumes =
  "hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume quobyte azureDisk portworxVolume photonPersistentDisk scaleIO storageos".split(
    " ",
  );

const safeSysctls = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

const restrictedCapabilities = new Set(["NET_BIND_SERVICE"]);

const baselineCapabilities = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  ),
);
