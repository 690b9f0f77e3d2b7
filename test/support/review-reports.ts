import assert from "node:assert/strict";
import { workflowCommandsIn } from "./workflow-commands";

/** An annotation as a code review tool reads it from a report. */
export interface ReadAnnotation {
  readonly level: "error" | "warning" | "notice";
  readonly code: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** Reads the output of `--output github`, which contains nothing but annotations. */
export function readGithub(output: string): ReadAnnotation[] {
  const commands = workflowCommandsIn(output);
  assert.equal(output.split("\n").length - 1, commands.length, "every line must be a command");
  return commands.map(({ name, properties: { title = "", file = "", line }, data }) => ({
    level: name as ReadAnnotation["level"],
    code: title.replace(/^tracing-sidecar: /, ""),
    path: file,
    line: Number(line),
    message: data,
  }));
}

/** Reads the output of `--output gitlab`. */
export function readGitlab(output: string): (ReadAnnotation & { readonly fingerprint: string })[] {
  const levels = { major: "error", minor: "warning", info: "notice" } as const;
  const issues = JSON.parse(output) as {
    readonly description: string;
    readonly check_name: string;
    readonly fingerprint: string;
    readonly severity: keyof typeof levels;
    readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
  }[];
  return issues.map(({ description, check_name, fingerprint, severity, location: { path, lines } }) => ({
    level: levels[severity],
    code: check_name,
    path,
    line: lines.begin,
    message: description,
    fingerprint,
  }));
}

/** Reads the output of `--output sarif`. */
export function readSarif(output: string): (ReadAnnotation & { readonly fingerprint: string })[] {
  const levels = { error: "error", warning: "warning", note: "notice" } as const;
  const { runs } = JSON.parse(output) as {
    readonly runs: readonly [
      {
        readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
        readonly results: readonly {
          readonly ruleId: string;
          readonly ruleIndex: number;
          readonly level: keyof typeof levels;
          readonly message: { readonly text: string };
          readonly locations: readonly [
            {
              readonly physicalLocation: {
                readonly artifactLocation: { readonly uri: string };
                readonly region: { readonly startLine: number };
              };
            },
          ];
          readonly partialFingerprints: Readonly<Record<string, string>>;
        }[];
      },
    ];
  };
  const [{ tool, results }] = runs;
  return results.map(
    ({ ruleId, ruleIndex, level, message, locations: [{ physicalLocation }], partialFingerprints }) => {
      assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
      return {
        level: levels[level],
        code: ruleId,
        // As a URL, so that a character that isn't encoded changes the path.
        path: decodeURIComponent(new URL(physicalLocation.artifactLocation.uri, "file:///").pathname).slice(1),
        line: physicalLocation.region.startLine,
        message: message.text,
        fingerprint: Object.values(partialFingerprints).join(),
      };
    },
  );
}
