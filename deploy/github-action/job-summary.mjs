import { pathOf } from "./sarif-path.mjs";

/*
 * The job summary of the GitHub Action, as Markdown: the number of findings, a table of them, and the diff.
 */

/** GitHub rejects the summary of a step that is longer than 1 MiB. In bytes, with room for the other parts. */
const [tableLimit, diffLimit] = [300_000, 600_000];

const severities = { error: "❌ error", warning: "⚠️ warning", note: "ℹ️ notice" };

/**
 * Returns the summary of a run.
 *
 * @param sarif the log, with the summary of the JSON report. The diffs are printed if it contains them.
 * @param env of the step.
 */
export function jobSummary(sarif, env) {
  const [{ tool, results, properties }] = sarif.runs;
  const rows = results.map((result) => row(result, tool.driver.rules[result.ruleIndex], env));
  return [
    "### tracing-sidecar\n",
    `${sentence(properties.summary)}\n`,
    ...(rows.length === 0 ? [] : [table(rows)]),
    ...diffs(results.flatMap(({ properties: { diff } = {} }) => diff ?? [])),
    "",
  ].join("\n");
}

/** Returns the summary of a run without a result. */
export function failureSummary(message) {
  return `### tracing-sidecar\n\n❌ ${escapeMarkdown(message)}\n\n`;
}

function sentence({ files, changed, errors, warnings }) {
  const problems = [plural(errors, "error"), plural(warnings, "warning")].filter((text) => !text.startsWith("0 "));
  const found = problems.length === 0 ? "" : ` Found ${problems.join(" and ")}.`;
  if (changed > 0)
    return `**${changed} of ${plural(files, "file")} ${changed === 1 ? "isn't" : "aren't"} up to date.**${found}`;
  if (errors > 0) return `**Because of errors, it isn't known whether the files are up to date.**${found}`;
  return `${files === 1 ? "The file is" : `All ${files} files are`} up to date.${found}`;
}

function plural(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Returns a row of the table: the severity, the place, and the message with its code. */
function row({ level, message, locations: [{ physicalLocation }] }, { id, helpUri }, env) {
  const { artifactLocation, region } = physicalLocation;
  const place = escapeMarkdown(`${pathOf(artifactLocation)}:${region.startLine}`);
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: commit } = env;
  const address = `${server}/${repository}/blob/${commit}/${artifactLocation.uri}#L${region.startLine}`;
  const isInRepository = commit && artifactLocation.uriBaseId !== undefined;
  const link = isInRepository ? `[${place}](${address.replace(/[()]/g, encodeParenthesis)})` : place;
  return `| ${severities[level]} | ${link} | ${escapeMarkdown(message.text)} [\`${id}\`](${helpUri}) |\n`;
}

const encodeParenthesis = (char) => (char === "(" ? "%28" : "%29");

/** Escapes what Markdown or a table would interpret. */
function escapeMarkdown(text) {
  return text
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/[\\`*_[\]<>|~&!#@$]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function table(rows) {
  const shown = takeWithin(rows, tableLimit);
  const others = rows.length - shown.length;
  const rest = others === 0 ? "" : `\n${plural(others, "other finding")}: see the log of the step.\n`;
  return `| Severity | Where | Finding |\n| --- | --- | --- |\n${shown.join("")}${rest}`;
}

/** Returns the diffs of files as a section that can be opened. */
function diffs(all) {
  if (all.length === 0) return [];
  // A fence ends only at a line with as many backticks.
  let longest = 2;
  for (const text of all) for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  const shown = takeWithin(all, diffLimit - 2 * fence.length);
  const others = all.length - shown.length;
  const which = shown.length === 0 ? plural(others, "file") : plural(others, "other file");
  const rest = others === 0 ? "" : `\n${which}: the diff is too long for the job summary.\n`;
  const block = shown.length === 0 ? "" : `\n${fence}diff\n${shown.join("")}${fence}\n`;
  return [`<details><summary>Diff of ${plural(all.length, "file")}</summary>\n${block}${rest}\n</details>\n`];
}

/** Returns the first texts that are together at most `limit` bytes long. */
function takeWithin(texts, limit) {
  let length = 0;
  const end = texts.findIndex((text) => {
    length += Buffer.byteLength(text);
    return length > limit;
  });
  return end < 0 ? texts : texts.slice(0, end);
}
