import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type AnnotationOptions, annotationsOf } from "../../src/cli/annotations";
import { githubCommands } from "../../src/cli/github-commands";
import { gitlabReport } from "../../src/cli/gitlab-report";
import { placeText } from "../../src/cli/positions";
import type { SkippedFile } from "../../src/cli/read-files";
import { render } from "../../src/cli/render";
import { jsonReport, textReport } from "../../src/cli/report";
import { sarifReport } from "../../src/cli/sarif-report";
import { countAll, isChanged, type ReportInput } from "../../src/cli/summary";
import { oneLine } from "../../src/krm/escape-line";
import { readManifest } from "../../src/krm/manifest";
import { readFunctionConfig } from "../../src/pipeline/run";
import { asValue } from "../support/configuration-arbitrary";
import { folder } from "../support/manifest-arbitrary";
import { property } from "../support/property";
import { readOrDiscard } from "../support/render-files";
import { asWritten } from "../support/resource-list-arbitrary";
import { readGithub, readGitlab, readSarif } from "../support/review-reports";

/*
 * Every output describes the same findings, whatever the files contain and however they are called.
 */

const parts = [
  "a",
  " ",
  "%",
  "%0A",
  "::",
  ":",
  ",",
  "=",
  "\n",
  "\r",
  "é",
  "日",
  "😀",
  "#",
  "?",
  "]",
  "##[error]",
  "'",
  "$(x)",
  "\\",
  "\u202e",
];
const name = fc
  .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 5 })
  .map((chosen) => `${chosen.join("")}.yaml`);
const names = fc.uniqueArray(name, { minLength: 4, maxLength: 4 });

const skippedFiles: fc.Arbitrary<readonly SkippedFile[]> = fc.array(
  fc.record({
    path: name,
    reason: fc.constantFrom("not UTF-8", "not valid YAML: a:: b, 100%"),
    severity: fc.constantFrom("error", "warning", "info"),
  }),
  { maxLength: 2 },
);

/** What the command line knows about a run. */
const runs = fc
  .tuple(folder({ ...asWritten, conflicts: true }), names, skippedFiles, fc.boolean(), fc.boolean())
  .map(([{ files, configuration }, paths, skipped, keepGoing, strict]) => () => {
    const manifests = files.map(({ text }, i) => {
      readOrDiscard(text, i);
      return readManifest(`k8s/${paths[i]}`, text);
    });
    const config = readFunctionConfig(asValue(configuration));
    if (!("sidecar" in config)) return assert.fail("the configuration is a valid TracingSidecar");
    const task = { sidecar: { ...config.sidecar, strict } };
    const report: ReportInput = {
      config: { path: `k8s/${paths[3]}`, text: "" },
      manifests,
      skipped,
      notices: [],
      ...render(manifests, task, { keepGoing }),
    };
    return report;
  });

const options: AnnotationOptions = { sourcePath: (path) => path, outdated: { advice: "Run it, with --write." } };

property(
  "the outputs for code review tools have the same annotations, and can be read",
  runs,
  (run) => {
    const annotations = annotationsOf(run(), options);
    const expected = annotations.map(({ level, code, message, place: { path, line } }) => ({
      level,
      code,
      path,
      line,
      message,
    }));
    assert.deepEqual(readGithub(githubCommands(annotations)), expected);
    assert.equal(new Set(annotations.map(({ fingerprint }) => fingerprint)).size, annotations.length);
    const withFingerprints = annotations.map(({ fingerprint }, i) => ({ ...expected[i], fingerprint }));
    assert.deepEqual(readGitlab(gitlabReport(annotations)), withFingerprints);
    assert.deepEqual(readSarif(sarifReport(annotations, { summary: countAll(run()), quiet: false })), withFingerprints);
    return annotations.length > 0;
  },
  0.7,
);

property(
  "they have exactly the problems and notices of the text report and of the JSON report, and the files that change",
  runs,
  (run) => {
    const report = run();
    const annotations = annotationsOf(report, options);
    const ofFiles = annotations.filter(({ code }) => code === "outdated-file");
    const others = annotations.filter(({ code }) => code !== "outdated-file");
    const changed = report.files.filter(isChanged);
    assert.deepEqual(
      ofFiles.map(({ place }) => place.path).sort(),
      changed.map(({ manifest }) => manifest.path).sort(),
    );

    const lines = textReport(report, false, (_, text) => text).map((line) => line.trimEnd());
    const problems = lines.filter((line) => /^(?:error|warning|notice): /.test(line));
    assert.equal(problems.length, others.length, problems.join("\n"));
    for (const { level, code, message, place } of others) {
      // The text has no line where none is known.
      const line = problems.find(
        (text) =>
          text.startsWith(`${level}: ${oneLine(placeText(place))}: ${message}`) ||
          text.startsWith(`${level}: ${oneLine(place.path)}: ${message}`) ||
          text.startsWith(`${level}: ${message}`),
      );
      assert.ok(line !== undefined, `${level}: ${placeText(place)}: ${message} [${code}]\n${problems.join("\n")}`);
    }

    const { results, files } = JSON.parse(jsonReport(report, undefined));
    const codes = [
      ...results
        .filter(
          ({ severity, tags }: { severity: string; tags: { code: string } }) =>
            severity !== "info" || tags.code.startsWith("notice-"),
        )
        .map(({ tags }: { tags: { code: string } }) => tags.code),
      ...files
        .filter(({ status }: { status: string }) => ["unreadable", "skipped"].includes(status))
        .map((_: unknown, i: number) => (report.skipped[i]?.severity === "info" ? "skipped-file" : "unreadable-file")),
    ];
    assert.deepEqual(others.map(({ code }) => code).sort(), codes.sort());
    return others.length > 0;
  },
  0.5,
);
