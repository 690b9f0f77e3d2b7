import { stableHash } from "../kube/stable-hash";
import type { Annotation } from "./annotations";

/** GitLab's levels. They can also be `critical` and `blocker`. */
const severities = { error: "major", warning: "minor", notice: "info" } as const;

/** Prints annotations as a report for GitLab's Code Quality. */
export function gitlabReport(annotations: readonly Annotation[]): string {
  return print(
    annotations.map(({ code, level, message, place: { path, line }, fingerprint }) => ({
      description: message,
      check_name: code,
      fingerprint,
      severity: severities[level],
      location: { path, lines: { begin: line } },
    })),
  );
}

/** Prints an error that prevents a report. GitLab requires a line, even though the error isn't at one. */
export function gitlabFailure(message: string): string {
  const location = { path: "tracing.yaml", lines: { begin: 1 } };
  const fingerprint = stableHash(message);
  return print([
    { description: message, check_name: "command-line", fingerprint, severity: severities.error, location },
  ]);
}

function print(issues: readonly object[]): string {
  return `${JSON.stringify(issues, null, 2)}\n`;
}
