import type { Finding } from "../krm/finding";
import { toObject } from "../krm/object";
import { getString, isMapping, type Mapping, type Value } from "../yaml/value";
import { fromConfigMap, toConfigMapProblem } from "./config-map";
import type { Configuration } from "./configuration";
import { durationProblems, lifetimeProblems } from "./duration";
import { toProblems } from "./errors";
import validate from "./generated/tracing-sidecar/validate";
import { illFormedStrings, normalize } from "./normalize";
import { firstOfEachPath, type Problem } from "./problem";
import { toConfiguration } from "./to-configuration";

const apiVersion = "tracing-sidecar.dev/v1alpha1";

type Outcome = { readonly configuration: Configuration } | { readonly problems: readonly Problem[] };

/**
 * Reads a functionConfig: a TracingSidecar, or the ConfigMap form of one. Gives the configuration with every default
 * filled in, or everything that is wrong with it.
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
    const hint = "name its file under `transformers` in the kustomization, or as `configPath` in the Kptfile";
    const message = `must be a TracingSidecar (${apiVersion}), or a ConfigMap (v1): ${hint}`;
    return { problems: [{ path: "functionConfig", message }] };
  }
  switch (getString(functionConfig, "kind")) {
    case "TracingSidecar":
      if (getString(functionConfig, "apiVersion") !== apiVersion)
        return refuse(functionConfig, "apiVersion", apiVersion);
      return readSidecar(functionConfig);
    case "ConfigMap":
      if (getString(functionConfig, "apiVersion") !== "v1") return refuse(functionConfig, "apiVersion", "v1");
      return readConfigMap(functionConfig);
    default:
      return refuse(functionConfig, "kind", `TracingSidecar (${apiVersion}), or ConfigMap (v1)`);
  }
}

function refuse(functionConfig: Mapping, field: "apiVersion" | "kind", right: string): Outcome {
  const given = getString(functionConfig, field);
  const message = `${given === undefined ? "" : `${JSON.stringify(given)} `}must be ${right}`;
  return { problems: [{ path: field, message }] };
}

function readConfigMap(configMap: Mapping): Outcome {
  const { sidecar, problems } = fromConfigMap(configMap);
  const outcome = readSidecar(sidecar);
  if ("configuration" in outcome && problems.length === 0) return outcome;
  const further = "problems" in outcome ? outcome.problems.map(toConfigMapProblem) : [];
  return { problems: firstOfEachPath([...problems, ...further]) };
}

function readSidecar(sidecar: Value): Outcome {
  // The validator fills the defaults in, and the caller's data is not ours to change.
  const filled: unknown = structuredClone(sidecar);
  if (!validate(filled)) return { problems: toProblems(validate.errors ?? [], sidecar) };
  const illFormed = illFormedStrings(sidecar);
  if (illFormed.length > 0) return { problems: illFormed };
  normalize(filled);
  const { certManager, csi } = filled.spec.collector.tls?.clientCertificate ?? {};
  const problems = [
    ...lifetimeProblems(certManager ?? {}, "spec.collector.tls.clientCertificate.certManager"),
    ...durationProblems(csi?.duration, "spec.collector.tls.clientCertificate.csi"),
  ];
  return problems.length === 0 ? { configuration: toConfiguration(filled) } : { problems };
}

function toFinding({ path, message }: Problem, functionConfig: Value | undefined): Finding {
  const { apiVersion, kind, name, namespace, file } = toObject(functionConfig ?? null);
  return {
    code: "invalid-config",
    severity: "error",
    message: `${path}: ${message}`,
    ...(apiVersion && kind && name
      ? { object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) } }
      : {}),
    ...(file === undefined ? {} : { file }),
    field: { path },
  };
}
