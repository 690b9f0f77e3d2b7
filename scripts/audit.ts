/**
 * The outcome of `npm audit --json`: no known vulnerability, the packages with one, or no answer from the registry, with
 * the reason.
 */
export type Audit =
  | { readonly answer: "clean" }
  | { readonly answer: "found"; readonly packages: readonly string[] }
  | { readonly answer: "none"; readonly reason: string };

/**
 * Reads what `npm audit --json` prints. npm exits with a non-zero status both if it finds a vulnerability and if the
 * registry doesn't answer, and prints JSON in both cases. Only a report has `auditReportVersion`.
 */
export function readAudit(json: string): Audit {
  let report: Report;
  try {
    report = JSON.parse(json);
  } catch {
    return { answer: "none", reason: "npm printed no JSON" };
  }
  if (report.auditReportVersion === undefined) {
    return { answer: "none", reason: report.message ?? (report.error?.summary || "no reason given") };
  }
  const packages = Object.entries(report.vulnerabilities ?? {}).map(([name, { severity }]) => `${name} (${severity})`);
  return packages.length === 0 ? { answer: "clean" } : { answer: "found", packages };
}

interface Report {
  readonly auditReportVersion?: number;
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string }>>;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
}
