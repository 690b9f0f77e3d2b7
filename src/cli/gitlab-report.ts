import type { Annotation } from "./annotations";

/** GitLab's levels. They can also be `critical` and `blocker`. */
const severities: Readonly<Record<Annotation["level"], string>> = { error: "major", warning: "minor", notice: "info" };

/** Prints annotations as a report for GitLab's Code Quality. */
export function gitlabReport(annotations: readonly Annotation[]): string {
  const issues = annotations.map(({ code, level, message, place: { path, line }, fingerprint }) => ({
    description: message,
    check_name: code,
    fingerprint,
    severity: severities[level],
    location: { path, lines: { begin: line } },
  }));
  return `${JSON.stringify(issues, null, 2)}\n`;
}
