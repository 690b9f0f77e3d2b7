import { get, getList, getString, isMapping, type Mapping, type Value } from "../../yaml/value";

/*
 * The Pod Security Standards, as kubernetes `staging/src/k8s.io/pod-security-admission/policy/check_*.go` has them: what
 * each level forbids, as sentences of what must be. Where releases differ, what the newest allows is allowed, so that
 * nothing is said of a pod that the cluster may take; Windows pods never get here, and of probes' hosts, which only
 * 1.34 began to judge, nothing is said.
 */

/** A level that a Namespace enforces, and the minor release whose rules it does. */
export interface Level {
  readonly restricted: boolean;
  readonly minor: number;
}

/** What the pod itself must be. */
export function podRules(podSpec: Mapping, annotations: Readonly<Record<string, string>>, level: Level): string[] {
  const must: string[] = [];
  for (const field of ["hostNetwork", "hostPID", "hostIPC"]) {
    if (podSpec[field] === true) must.push(`${field} must not be true`);
  }
  for (const volume of getList(podSpec, "volumes")) {
    const forbidden = (level.restricted ? forbiddenVolumes : ["hostPath"]).find(
      (type) => get(volume, type) !== undefined,
    );
    if (forbidden !== undefined) must.push(`the volume "${getString(volume, "name")}" must not be a ${forbidden}`);
  }
  const unsafe = getList(podSpec, "securityContext", "sysctls").find(
    (sysctl) => !safeSysctls.has(getString(sysctl, "name") ?? ""),
  );
  if (unsafe !== undefined) must.push(`securityContext.sysctls must not hold ${getString(unsafe, "name")}`);
  const profile = Object.entries(annotations).find(
    ([key, value]) =>
      key.startsWith("container.apparmor.security.beta.kubernetes.io/") &&
      !/^(?:|runtime\/default|localhost\/.*)$/.test(value),
  );
  if (profile !== undefined) must.push(`the annotation ${profile[0]} must be runtime/default`);
  return [...must, ...contextRules(get(podSpec, "securityContext"), podSpec, level)];
}

/** What a container must be, beyond what its pod says for it. */
export function containerRules(container: Value, podSpec: Mapping, level: Level): string[] {
  const context = get(container, "securityContext");
  const podContext = get(podSpec, "securityContext");
  const must: string[] = [];
  if (get(context, "privileged") === true) must.push("securityContext.privileged must not be true");
  if (getList(container, "ports").some((port) => (get(port, "hostPort") || 0) !== 0)) {
    must.push("ports must have no hostPort");
  }
  const allowed = level.restricted && level.minor >= 22 ? restrictedCapabilities : baselineCapabilities;
  const added = getList(context, "capabilities", "add").find((one) => typeof one === "string" && !allowed.has(one));
  if (added !== undefined) must.push(`securityContext.capabilities.add must not hold ${added}`);
  if (!hasUserNamespace(podSpec) && !isOneOf(get(context, "procMount"), "Default")) {
    must.push("securityContext.procMount must be Default");
  }
  must.push(...contextRules(context, podSpec, level));
  if (!level.restricted) return must;
  if (get(context, "allowPrivilegeEscalation") !== false) {
    must.push("securityContext.allowPrivilegeEscalation must be false");
  }
  if (level.minor >= 22 && !getList(context, "capabilities", "drop").includes("ALL")) {
    must.push("securityContext.capabilities.drop must hold ALL");
  }
  if (!hasUserNamespace(podSpec) && isAbsent(context, "runAsNonRoot") && get(podContext, "runAsNonRoot") !== true) {
    must.push("securityContext.runAsNonRoot must be true, here or for the pod");
  }
  if (isAbsent(context, "seccompProfile") && isAbsent(podContext, "seccompProfile")) {
    must.push("securityContext.seccompProfile.type must be RuntimeDefault or Localhost, here or for the pod");
  }
  return must;
}

/** What a securityContext must not say, be it a container's or the pod's. */
function contextRules(context: Value | undefined, podSpec: Mapping, level: Level): string[] {
  const must: string[] = [];
  if (!isMapping(context)) return must;
  if (!isOneOf(get(context, "appArmorProfile", "type"), "RuntimeDefault", "Localhost")) {
    must.push("securityContext.appArmorProfile.type must be RuntimeDefault or Localhost");
  }
  if (!isOneOf(get(context, "seccompProfile", "type"), "RuntimeDefault", "Localhost")) {
    must.push("securityContext.seccompProfile.type must be RuntimeDefault or Localhost");
  }
  if (!isOneOf(get(context, "seLinuxOptions", "type"), ...seLinuxTypes)) {
    must.push(`securityContext.seLinuxOptions.type must be one of ${seLinuxTypes.join(", ")}`);
  }
  for (const field of ["user", "role"]) {
    if (getString(context, "seLinuxOptions", field))
      must.push(`securityContext.seLinuxOptions.${field} must be absent`);
  }
  if (!level.restricted || hasUserNamespace(podSpec)) return must;
  if (context["runAsNonRoot"] === false) must.push("securityContext.runAsNonRoot must be true");
  if (context["runAsUser"] === 0 && level.minor >= 23) must.push("securityContext.runAsUser must not be 0");
  return must;
}

/** Root in a user namespace is not the node's: newer releases let such a pod be root. */
function hasUserNamespace(podSpec: Mapping): boolean {
  return podSpec["hostUsers"] === false;
}

function isAbsent(context: Value | undefined, field: string): boolean {
  return (get(context, field) ?? null) === null;
}

/** What is of another type the API refuses by itself. */
function isOneOf(value: Value | undefined, ...allowed: readonly string[]): boolean {
  return typeof value !== "string" || value === "" || allowed.includes(value);
}

const seLinuxTypes = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/** All that are neither projections nor claims. */
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
