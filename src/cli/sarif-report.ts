import { changeCodes, fileCodes, resultCodes } from "../kube/result-codes";
import type { Annotation } from "./annotations";
import { helpOf, repository } from "./repository";
import type { Counts } from "./summary";
import { version } from "./version";

/** SARIF's names of the levels. */
const levels: Readonly<Record<Annotation["level"], string>> = { error: "error", warning: "warning", notice: "note" };

/**
 * Prints annotations as a SARIF 2.1.0 log. It has everything that GitHub code scanning requires. A rule for each code that
 * occurs describes it. The properties of the run contain the summary of the JSON report, and whether `--quiet` is used; those
 * of a result contain the diff, if there is one.
 */
export function sarifReport(
  annotations: readonly Annotation[],
  properties: { readonly summary: Counts; readonly quiet: boolean },
): string {
  const codes = [...new Set(annotations.map(({ code }) => code))].sort();
  const meanings: Readonly<Record<Annotation["code"], string>> = { ...resultCodes, ...changeCodes, ...fileCodes };
  const results = annotations.map(({ code, level, message, place: { path, line, column }, fingerprint, diff }) => ({
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[level],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactLocation(path),
          region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
        },
      },
    ],
    partialFingerprints: { "tracingSidecarFinding/v1": fingerprint },
    ...(diff === undefined ? {} : { properties: { diff } }),
  }));
  const driver = {
    name: "tracing-sidecar",
    version,
    semanticVersion: version,
    informationUri: repository,
    rules: codes.map((code) => rule(code, meanings[code])),
  };
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver }, columnKind: "utf16CodeUnits", results, properties }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** @param meaning a few sentences of Markdown. */
function rule(code: Annotation["code"], meaning: string) {
  const text = meaning.replaceAll("`", "");
  const help = helpOf(code);
  return {
    id: code,
    name: code.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: /^.*?[.](?= |$)/.exec(text)?.[0] ?? text },
    fullDescription: { text },
    helpUri: help,
    help: { text: `${text} See ${help}.`, markdown: `${meaning}\n\n[What it means, with an example](${help})` },
  };
}

/** Returns the location of a file. An absolute path isn't in the repository. */
function artifactLocation(path: string) {
  const uri = path.split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? { uri: `file://${uri}` } : { uri, uriBaseId: "%SRCROOT%" };
}
