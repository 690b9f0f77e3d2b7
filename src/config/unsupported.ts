/** What the design knows and this version cannot do yet: such a wish is no misspelling. */
const fields: readonly string[] = ["spec.agent.native", "spec.collector.tls.clientCertificate.csi"];

const values: readonly { readonly path: RegExp; readonly values: readonly string[] }[] = [
  { path: /^spec\.agent\.type$/, values: ["otelcol"] },
  {
    path: /^spec\.selector\.kinds\[\d+\]$/,
    values: ["StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod", "Rollout"],
  },
];

/** True for a field that a later version will know. */
export function isFieldOfLater(path: string): boolean {
  return fields.includes(path);
}

/** True for a value that a later version will know in this field. */
export function isValueOfLater(path: string, value: unknown): boolean {
  return values.some((entry) => entry.path.test(path) && entry.values.some((known) => known === value));
}
