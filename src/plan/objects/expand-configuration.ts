import { maxCommonNameBytes } from "../../config/common-name";
import type {
  ClientCertificate,
  CollectorTls,
  Configuration,
  PodMonitorConfiguration,
} from "../../config/configuration";
import { formatPath, isOrdinaryKey } from "../../config/json-path";
import { type Finding, hasError, objectAndFile } from "../../kube/finding";
import { dnsLabel, dnsName, dnsSubdomain, labelValue, mountPath, type NameRule } from "../../kube/name-rules";
import { normalizePath } from "../../kube/normalize-path";
import type { Identity } from "../../kube/object";
import type { Workload } from "../../kube/workload";
import { getOrInsert } from "../../yaml/maps";
import { getStrings, type Mapping, newMapping } from "../../yaml/value";
import { caMount } from "../agents/tls-files";
import { fitCommonName } from "./certificate-common-name";
import {
  type Expanded,
  expand,
  expandEnv,
  expandTextsIn,
  expandValue,
  type TemplateVariables,
  templateVariables,
} from "./expand-text";
import { scrapeLabelOf } from "./scrape-label";

/**
 * The parts of a configuration that were expanded before, each by the values of its variables. Workloads with the same
 * values share the expanded part.
 */
export type SharedParts = Map<
  object,
  { readonly variables: readonly string[]; readonly expanded: Map<string, object> }
>;

/** The configuration with its templates expanded, and warnings. If there are errors, only the findings. */
export type Expansion =
  | { readonly configuration: Configuration; readonly findings: readonly Finding[] }
  | { readonly findings: readonly Finding[] };

/**
 * Expands every template of the configuration for one workload and checks the results against the API's limits. A field
 * that the configuration doesn't use is neither expanded nor checked. `app.env` is only checked, because its values
 * can differ between containers: `expandContainerEnv` expands them.
 *
 * @param shared the parts that were expanded for other workloads under the same configuration.
 */
export function expandConfiguration(
  configuration: Configuration,
  workload: Workload,
  shared: SharedParts = new Map(),
): Expansion {
  const expander = new Expander(workload.object, templateVariables(configuration, workload), shared);
  const expanded = expander.configuration(configuration);
  const { findings } = expander;
  return hasError(findings) ? { findings } : { configuration: expanded, findings };
}

/**
 * Expands the templates of what is generated for all workloads of a namespace: of `podMonitor` with that scope. All others
 * stay as they are.
 *
 * @param namespace undefined if it is unknown.
 * @param subject one of the workloads, for findings.
 */
export function expandForNamespace(
  configuration: Configuration,
  namespace: string | undefined,
  subject: Identity,
): Expansion {
  const expander = new Expander(subject, { namespace, agent: configuration.agent.name });
  const { podMonitor } = configuration;
  const expanded = podMonitor?.scope !== "namespace" ? {} : { podMonitor: expander.podMonitor(podMonitor) };
  const { findings } = expander;
  return hasError(findings) ? { findings } : { configuration: { ...configuration, ...expanded }, findings };
}

/**
 * The variables that the CSI driver substitutes (cert-manager/csi-driver `pkg/requestgen/generator.go`). They expand to
 * themselves, so that `${POD_NAME}` is kept.
 */
const csiVariables = Object.fromEntries(
  ["POD_NAME", "POD_NAMESPACE", "POD_UID", "SERVICE_ACCOUNT_NAME"].map((name) => [name, `{${name}}`]),
);

/** One expansion. It collects all findings instead of stopping at the first, so that users see them all at once. */
class Expander {
  readonly findings: Finding[] = [];
  readonly #subject: Identity;
  readonly #variables: TemplateVariables;
  readonly #parts: SharedParts;

  /** @param subject the workload that the findings are about. */
  constructor(subject: Identity, variables: TemplateVariables, parts: SharedParts = new Map()) {
    this.#subject = subject;
    this.#variables = variables;
    this.#parts = parts;
  }

  configuration(configuration: Configuration): Configuration {
    const { collector, agent, app, podMonitor } = configuration;
    const { tls } = collector;
    const mounts = tls?.clientCertificate !== undefined || tls?.certificateAuthority !== undefined;
    const expanded: Configuration = {
      ...configuration,
      collector: {
        endpoint: this.#text("spec.collector.endpoint", collector.endpoint),
        ...(tls === undefined ? {} : { tls: this.#tls(tls) }),
      },
      agent: this.#shared(agent, () => ({
        ...agent,
        tags: this.#values("spec.agent.tags", agent.tags),
        env: this.#env("spec.agent.env", agent.env, this.#variables),
        ...(mounts
          ? {
              volumeName: this.#text("spec.agent.volumeName", agent.volumeName, dnsLabel),
              mountPath: this.#text("spec.agent.mountPath", agent.mountPath, mountPath),
            }
          : {}),
      })),
      pod: this.#shared(configuration.pod, () => this.#podMetadata(configuration)),
      ...(podMonitor?.scope === "workload" ? { podMonitor: this.podMonitor(podMonitor) } : {}),
    };
    this.#shared(app.env, () => this.#env("spec.app.env", app.env, { ...this.#variables, container: "" }));
    this.#checkCaMount(expanded);
    return expanded;
  }

  /** Expands a part of the configuration, unless it was expanded before with the same values. */
  #shared<T extends object>(part: T, expandPart: () => T): T {
    const { variables, expanded } = getOrInsert(this.#parts, part, () => {
      const text = JSON.stringify(part);
      const used = ["name", "namespace", "kind"].filter((variable) => text.includes(`{${variable}}`));
      return { variables: used, expanded: new Map() };
    });
    const key = JSON.stringify(variables.map((variable) => this.#variables[variable]));
    const known = expanded.get(key);
    if (known !== undefined) return known as T;
    const count = this.findings.length;
    const result = expandPart();
    // What is found is about this workload.
    if (this.findings.length === count) expanded.set(key, result);
    return result;
  }

  podMonitor(podMonitor: PodMonitorConfiguration): PodMonitorConfiguration {
    const path = "spec.podMonitor";
    return {
      ...podMonitor,
      name: this.#text(`${path}.name`, podMonitor.name, dnsSubdomain),
      labels: this.#labels(path, podMonitor.labels),
      annotations: this.#values(`${path}.annotations`, podMonitor.annotations),
      relabelings: podMonitor.relabelings.map((rule, index) => this.#patch(`${path}.relabelings`, rule, index)),
      metricRelabelings: podMonitor.metricRelabelings.map((rule, index) =>
        this.#patch(`${path}.metricRelabelings`, rule, index),
      ),
      patch: this.#patch(`${path}.patch`, podMonitor.patch),
    };
  }

  #podMetadata(configuration: Configuration): Configuration["pod"] {
    const labels = this.#labels("spec.pod", configuration.pod.labels);
    const annotations = this.#values("spec.pod.annotations", configuration.pod.annotations);
    const scrapeLabel = scrapeLabelOf(configuration);
    return { labels: scrapeLabel === undefined ? labels : { ...labels, ...scrapeLabel }, annotations };
  }

  #labels(path: string, labels: Configuration["pod"]["labels"]): typeof labels {
    return this.#values(`${path}.labels`, labels, labelValue);
  }

  /** Expands the texts of a mapping. Returns the same mapping if none of them can be a template. */
  #values<T>(path: string, values: Readonly<Record<string, string | T>>, rule?: NameRule): typeof values {
    if (!Object.values(values).some((value) => typeof value === "string" && value.includes("{"))) return values;
    const expanded = newMapping() as Record<string, string | T>;
    for (const [key, value] of Object.entries(values)) {
      const field = formatPath([...path.split("."), ...(isOrdinaryKey(key) ? [key] : [])]);
      expanded[key] =
        typeof value === "string" ? this.#checked(field, value, expandValue(value, this.#variables), rule) : value;
    }
    return expanded;
  }

  #env(path: string, env: Configuration["app"]["env"], variables: TemplateVariables): typeof env {
    return expandEnv(env, (value, index) =>
      this.#checked(`${path}[${index}].value`, value, expandValue(value, variables)),
    );
  }

  #tls(tls: CollectorTls): CollectorTls {
    const { serverName, clientCertificate } = tls;
    return {
      ...tls,
      ...(serverName === undefined ? {} : { serverName: this.#text("spec.collector.tls.serverName", serverName) }),
      ...(clientCertificate === undefined ? {} : { clientCertificate: this.#clientCertificate(clientCertificate) }),
    };
  }

  #clientCertificate(client: ClientCertificate): ClientCertificate {
    const path = "spec.collector.tls.clientCertificate";
    if ("csi" in client) {
      const commonName = this.#csiCommonName(`${path}.csi.commonName`, client.csi.commonName);
      const variables = { ...this.#variables, ...csiVariables };
      const uris = this.#texts(`${path}.csi.uris`, client.csi.uris, undefined, variables);
      // The driver's variables are part of the name, so only the driver knows whether it is a DNS name.
      const dnsNames = this.#texts(`${path}.csi.dnsNames`, client.csi.dnsNames, undefined, variables);
      return { csi: { ...client.csi, commonName, uris, dnsNames } };
    }
    if (!("certManager" in client)) {
      return { ...client, secretName: this.#text(`${path}.secretName`, client.secretName, dnsSubdomain) };
    }
    const { certManager } = client;
    return {
      certManager: {
        ...certManager,
        labels: this.#labels(`${path}.certManager`, certManager.labels),
        annotations: this.#values(`${path}.certManager.annotations`, certManager.annotations),
        name: this.#text(`${path}.certManager.name`, certManager.name, dnsSubdomain),
        secretName: this.#text(`${path}.certManager.secretName`, certManager.secretName, dnsSubdomain),
        commonName: this.#commonName(`${path}.certManager.commonName`, certManager.commonName),
        uris: this.#texts(`${path}.certManager.uris`, certManager.uris),
        dnsNames: this.#texts(`${path}.certManager.dnsNames`, certManager.dnsNames, dnsName),
        patch: this.#certificatePatch(`${path}.certManager.patch`, certManager.patch),
      },
    };
  }

  #certificatePatch(path: string, patch: Mapping): Mapping {
    const expanded = this.#patch(path, patch);
    for (const [key, value] of Object.entries(getStrings(expanded, "secretTemplate", "labels"))) {
      if (!labelValue.matches(value))
        this.#error(
          formatPath([...path.split("."), "secretTemplate", "labels", key]),
          `"${value}" must be ${labelValue.description}.`,
        );
    }
    return expanded;
  }

  /**
   * Expands every text of a patch.
   *
   * @param index if the patch is an element of a list: its position.
   */
  #patch(path: string, patch: Mapping, ...index: readonly number[]): Mapping {
    return this.#shared(patch, () =>
      expandTextsIn(patch, [...path.split("."), ...index], (text, textPath) =>
        this.#checked(formatPath(textPath), text, expandValue(text, this.#variables)),
      ),
    );
  }

  #commonName(path: string, template: string): string {
    const text = this.#text(path, template);
    const fitted = fitCommonName(text);
    if (fitted !== text) {
      this.findings.push(
        this.#finding(
          "notice-common-name-shortened",
          "info",
          path,
          `"${text}" is longer than ${maxCommonNameBytes} bytes and was shortened to "${fitted}".`,
        ),
      );
    }
    return fitted;
  }

  /**
   * The driver substitutes the pod's own name and namespace, so a text with driver variables can't be cut here: it must
   * leave room for them. The check uses the shortest possible text. A pod's name is at least as long as its workload's.
   */
  #csiCommonName(path: string, template: string): string {
    if (!template.includes("$")) return this.#commonName(path, template);
    const { name = "", namespace = "" } = this.#variables;
    const shortest = this.#text(path, template, undefined, {
      ...this.#variables,
      POD_NAME: name,
      POD_NAMESPACE: namespace,
      POD_UID: "8f4d1c9e-1f0c-4a52-9d0b-6f1b2a7c3e5d",
      SERVICE_ACCOUNT_NAME: "",
    }).replaceAll("$", "");
    if (fitCommonName(shortest) !== shortest) {
      this.#error(
        path,
        `"${template}" is longer than ${maxCommonNameBytes} bytes after the CSI driver replaces its variables. Shorten it.`,
      );
      return template;
    }
    return this.#text(path, template, undefined, { ...this.#variables, ...csiVariables });
  }

  #texts(path: string, templates: readonly string[], rule?: NameRule, variables = this.#variables): readonly string[] {
    return templates.map((template, index) => this.#text(`${path}[${index}]`, template, rule, variables));
  }

  #text(path: string, template: string, rule?: NameRule, variables = this.#variables): string {
    return this.#checked(path, template, expand(template, variables), rule);
  }

  /** Returns an expanded template. If it couldn't be expanded, reports an error and returns the template itself. */
  #checked(path: string, template: string, expanded: Expanded, rule?: NameRule): string {
    if (!("text" in expanded)) {
      this.#error(
        path,
        expanded.known
          ? "The template uses {namespace}, but the workload has no namespace. Set spec.namespace in the configuration, or --namespace on the command line."
          : `Unknown variable {${expanded.variable}}. Use {name}, {namespace}, {kind}, or {agent}.`,
      );
      return template;
    }
    const { text } = expanded;
    if (rule !== undefined && !rule.matches(text)) this.#error(path, `${quote(text)} must be ${rule.description}.`);
    return text;
  }

  /** Checks that the CA's volume has a valid name and doesn't conflict with the client certificate's volume. */
  #checkCaMount(configuration: Configuration): void {
    const ca = caMount(configuration);
    if (ca === undefined) return;
    const { agent, collector } = configuration;
    if (!dnsLabel.matches(ca.name)) {
      this.#error("spec.agent.name", `"${ca.name}", the name of the CA's volume, must be ${dnsLabel.description}.`);
    }
    if (collector.tls?.clientCertificate === undefined) return;
    if (ca.name === agent.volumeName) {
      this.#error("spec.agent.volumeName", `must not be "${ca.name}", which is the name of the CA's volume.`);
    }
    if (ca.mountPath === normalizePath(agent.mountPath)) {
      this.#error("spec.agent.mountPath", `must not be "${ca.mountPath}", where the CA is mounted.`);
    }
  }

  #error(path: string, message: string): void {
    this.findings.push(this.#finding("invalid-config", "error", path, message));
  }

  #finding(code: Finding["code"], severity: Finding["severity"], path: string, message: string): Finding {
    return { ...objectAndFile(this.#subject), code, severity, message, configField: { path } };
  }
}

/** Quotes a text for a message. Of a long one, only the start. */
function quote(text: string): string {
  return text.length <= 80 ? `"${text}"` : `"${text.slice(0, 60)}…" (${text.length} characters)`;
}
