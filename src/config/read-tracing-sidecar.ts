import type { Finding } from "../kube/finding";
import { getString, isMapping, type Mapping, type Value } from "../yaml/value";
import { certificatePatchProblems } from "./certificate-patch";
import { fromConfigMap, toConfigMapProblem } from "./config-map";
import type { Configuration } from "./configuration";
import { durationProblems, lifetimeProblems } from "./duration";
import type { TracingSidecar } from "./generated/tracing-sidecar/types";
import validateTracingSidecar from "./generated/tracing-sidecar/validate";
import { firstOfEachPath, type Problem } from "./problem";
import { toConfiguration } from "./to-configuration";
import { apiVersion, toFinding, validate, wrongTypeMeta } from "./validate";
import { valueProblems } from "./value-problems";

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
  return { findings: outcome.problems.map((problem) => toFinding(problem, functionConfig)) };
}

function read(functionConfig: Value | undefined): Outcome {
  if (!isMapping(functionConfig)) {
    const hint = "Add its file to `transformers` in kustomization.yaml, or set it as `configPath` in the Kptfile";
    const message = `must be a TracingSidecar or a PrivateCA (${apiVersion}), or a ConfigMap (v1). ${hint}`;
    return { problems: [{ path: "functionConfig", message }] };
  }
  switch (getString(functionConfig, "kind")) {
    case "TracingSidecar":
      if (getString(functionConfig, "apiVersion") !== apiVersion)
        return { problems: [wrongTypeMeta(functionConfig, "apiVersion", apiVersion)] };
      return readSidecar(functionConfig);
    case "ConfigMap":
      if (getString(functionConfig, "apiVersion") !== "v1")
        return { problems: [wrongTypeMeta(functionConfig, "apiVersion", "v1")] };
      return readConfigMap(functionConfig);
    default: {
      const expected = `TracingSidecar or PrivateCA (${apiVersion}), or ConfigMap (v1)`;
      return { problems: [wrongTypeMeta(functionConfig, "kind", expected)] };
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
  const others = "problems" in outcome ? outcome.problems : certificateProblems(outcome.value);
  // If a label's variable is misspelled, the suggestion helps more than the schema's error.
  const problems = firstOfEachPath([...valueProblems(sidecar), ...others]);
  return "value" in outcome && problems.length === 0 ? { configuration: toConfiguration(outcome.value) } : { problems };
}

function certificateProblems({ spec }: TracingSidecar): Problem[] {
  const { certManager, csi } = spec.collector.tls?.clientCertificate ?? {};
  return [
    ...lifetimeProblems(certManager ?? {}, "spec.collector.tls.clientCertificate.certManager"),
    ...(certManager === undefined ? [] : certificatePatchProblems(certManager)),
    ...durationProblems(csi?.duration, "spec.collector.tls.clientCertificate.csi"),
  ];
}
