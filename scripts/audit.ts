/** What `npm audit --json` says: that nothing is known, what is, or that the registry gave no answer. */
export type Audit =
  | { readonly answer: "clean" }
  | { readonly answer: "found"; readonly packages: readonly string[] }
  | { readonly answer: "none"; readonly reason: string };

/**
 * Reads the report. npm ends with a status that is not 0 both where it found something and where the registry did not
 * answer, and prints JSON either way: only a report has `auditReportVersion`.
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
