import type { Finding } from "../kube/finding";
import { getString, isMapping, type Mapping, type Value } from "../yaml/value";
import { annotationSizeProblems } from "./annotation-size";
import { certificatePatchProblems } from "./certificate-patch";
import { fromConfigMap, toConfigMapProblem } from "./config-map";
import type { Configuration } from "./configuration";
import { duplicateProblems } from "./duplicate-problems";
import { durationProblems, lifetimeProblems } from "./duration";
import type { TracingSidecar } from "./generated/tracing-sidecar/types";
import validateTracingSidecar from "./generated/tracing-sidecar/validate";
import { formatPath } from "./json-path";
import { podFieldProblem } from "./pod-field";
import { podMonitorProblems } from "./pod-monitor-problems";
import { firstOfEachPath, type Problem } from "./problem";
import { resourceProblems } from "./resource-problems";
import { securityContextProblems } from "./security-context";
import { toConfiguration } from "./to-configuration";
import { apiVersion, toFinding, validate, wrongTypeMeta } from "./validate";
import { valueProblems } from "./value-problems";
import { valueSourceProblems } from "./value-source";

type Spec = TracingSidecar["spec"];

type Outcome = { readonly configuration: Configuration } | { readonly problems: readonly Problem[] };

/**
 * Reads a functionConfig that is a TracingSidecar or its ConfigMap form. `readPrivateCa` reads the other kind.
 *
 * @returns the configuration with every default filled in, or an `invalid-config` finding for each error in it.
 */
export function readConfiguration(
  functionConfig: Value | undefined,
): { readonly configuration: Configuration } | { readonly findings: readonly Finding[] } {
  const outcome = read(functionConfig);
  if ("configuration" in outcome) return outcome;
  return { findings: outcome.problems.map(toFinding) };
}

function read(functionConfig: Value | undefined): Outcome {
  if (!isMapping(functionConfig)) {
    const hint = "Add its file to `transformers` in kustomization.yaml, or set it as `configPath` in the Kptfile";
    const rule = `must be a TracingSidecar or a PrivateCA (${apiVersion}), or a ConfigMap (v1)`;
    const message = functionConfig === undefined ? `there is no configuration. ${hint}` : `the configuration ${rule}`;
    return { problems: [{ path: "", message }] };
  }
  switch (getString(functionConfig, "kind")) {
    case "TracingSidecar":
      if (getString(functionConfig, "apiVersion") !== apiVersion)
        return { problems: [wrongTypeMeta(functionConfig, "apiVersion", [apiVersion])] };
      return readSidecar(functionConfig);
    case "ConfigMap":
      if (getString(functionConfig, "apiVersion") !== "v1")
        return { problems: [wrongTypeMeta(functionConfig, "apiVersion", ["v1"])] };
      return readConfigMap(functionConfig);
    default: {
      const expected = `TracingSidecar or PrivateCA (${apiVersion}), or ConfigMap (v1)`;
      return {
        problems: [wrongTypeMeta(functionConfig, "kind", ["TracingSidecar", "PrivateCA", "ConfigMap"], expected)],
      };
    }
  }
}

function readConfigMap(configMap: Mapping): Outcome {
  const { sidecar, problems } = fromConfigMap(configMap);
  const outcome = readSidecar(sidecar);
  if ("configuration" in outcome && problems.length === 0) return outcome;
  const further = "problems" in outcome ? outcome.problems.map(toConfigMapProblem) : [];
  return { problems: firstOfEachPath([...problems, ...further]) };
}

function readSidecar(sidecar: Value): Outcome {
  const outcome = validate(validateTracingSidecar, sidecar);
  const others = "problems" in outcome ? outcome.problems : furtherProblems(outcome.value);
  // If a label's variable is misspelled, the suggestion helps more than the schema's error.
  const problems = firstOfEachPath([...valueProblems(sidecar), ...others]);
  return "value" in outcome && problems.length === 0 ? { configuration: toConfiguration(outcome.value) } : { problems };
}

/** Returns the problems that the schema can't express. */
function furtherProblems({ spec }: TracingSidecar): Problem[] {
  return [
    ...certificateProblems(spec),
    ...agentProblems(spec.agent),
    ...envProblems(spec.app.env, ["spec", "app", "env"]),
    ...duplicateProblems(spec.imagePullSecrets, ["spec", "imagePullSecrets"]),
    ...annotationSizeProblems(spec.pod.annotations, ["spec", "pod", "annotations"]),
    ...(spec.podMonitor === undefined ? [] : podMonitorProblems(spec.podMonitor)),
    ...annotationSizeProblems(spec.podMonitor?.annotations ?? {}, ["spec", "podMonitor", "annotations"]),
  ];
}

function certificateProblems({ collector }: Spec): Problem[] {
  const { certManager, csi } = collector.tls?.clientCertificate ?? {};
  const path = ["spec", "collector", "tls", "clientCertificate"];
  return [
    ...lifetimeProblems(certManager ?? {}, formatPath([...path, "certManager"])),
    ...(certManager === undefined ? [] : certificatePatchProblems(certManager)),
    ...durationProblems(csi?.duration, formatPath([...path, "csi"])),
    ...annotationSizeProblems(certManager?.annotations ?? {}, [...path, "certManager", "annotations"]),
  ];
}

function agentProblems({ env, headersFrom = [], resources, securityContext, tags }: Spec["agent"]): Problem[] {
  const path = ["spec", "agent"];
  return [
    ...envProblems(env, [...path, "env"]),
    ...duplicateProblems(headersFrom, [...path, "headersFrom"], (name) => name.toLowerCase()),
    ...resourceProblems(resources, [...path, "resources"]),
    ...securityContextProblems(securityContext, [...path, "securityContext"]),
    ...Object.entries(tags).flatMap(([key, tag]) => {
      const message = typeof tag === "string" ? undefined : podFieldProblem(tag.fieldPath);
      return message === undefined ? [] : [{ path: formatPath([...path, "tags", key, "fieldPath"]), message }];
    }),
  ];
}

function envProblems(env: Spec["app"]["env"], path: readonly string[]): Problem[] {
  return [
    ...duplicateProblems(env, path),
    ...env.flatMap(({ valueFrom }, index) =>
      valueFrom === undefined ? [] : valueSourceProblems(valueFrom, [...path, index, "valueFrom"]),
    ),
  ];
}
