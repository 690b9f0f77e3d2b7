import { podFacts } from "./findings/facts";
import { workloadKinds } from "./kube/workload";
import { type Shape, type ShapeTree, shapeOf } from "./yaml/projection";

/** The fields of `spec` that decide something about a workload, by kind and group; nothing else of an object is kept. */
export const consultedFields: ReadonlyMap<string, readonly string[]> = new Map([
  ["Certificate cert-manager.io", ["secretName"]],
  ["HorizontalPodAutoscaler autoscaling", ["metrics", "scaleTargetRef"]],
  ["Ingress extensions", ["tls"]],
  ["Ingress networking.k8s.io", ["tls"]],
  ["LimitRange ", ["limits"]],
  ["NetworkPolicy networking.k8s.io", ["egress", "podSelector", "policyTypes"]],
  ["PeerAuthentication security.istio.io", ["mtls", "portLevelMtls", "selector"]],
  ["ResourceQuota ", ["hard", "scopeSelector", "scopes"]],
  ["Service ", ["clusterIP", "ports", "type"]],
]);

const whole = (fields: readonly string[]): ShapeTree => Object.fromEntries(fields.map((field) => [field, "whole"]));

const pod: ShapeTree = { metadata: "whole", spec: podFacts };

/** A pod template at its path within an object. */
const templates = workloadKinds
  .map(({ template }) => template)
  .map((path) => path.reduceRight<ShapeTree>((within, key) => ({ [key]: within }), pod));

/**
 * As much of any object as decides something while it is left as it is: what is in no shape here need not be kept of an
 * item that is only looked at. `test/consulted.test.ts` holds a run with it against one that reads all.
 */
export const consulted: Shape = shapeOf(
  [
    whole(["apiVersion", "kind", "metadata"]),
    // ServiceAccounts; ConfigMaps and Secrets.
    whole(["imagePullSecrets", "data", "stringData"]),
    { spec: whole([...consultedFields.values()].flat()) },
    ...templates,
  ].reduce(merged),
);

function merged(one: ShapeTree, other: ShapeTree): ShapeTree {
  const all: { [key: string]: "whole" | ShapeTree } = { ...one };
  for (const [key, within] of Object.entries(other)) {
    const there = all[key];
    all[key] = there === undefined ? within : there === "whole" || within === "whole" ? "whole" : merged(there, within);
  }
  return all;
}
