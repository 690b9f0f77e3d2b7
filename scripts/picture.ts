import { spawnSync } from "node:child_process";
import { join } from "node:path";

/*
 * The README's picture: the start of the diff that the command line prints in a terminal. `npm run reference` writes it, with
 * the bundle that was built last.
 */

const root = join(__dirname, "..");
const folder = "examples/hotrod/otelcol";
const file = "deployment.yaml";
const command = `tracing-sidecar -c tracing.yaml --diff ${file}`;

/** The size of the picture, in characters and lines. */
const columns = 110;
const rows = 46;

/** The size of a character, in pixels. */
const width = 7.8;
const height = 18;

/** The escape codes of `styleText`, with the classes of the picture. An empty class ends the current one. */
const classes: Readonly<Record<string, string>> = {
  "1": "bold",
  "2": "dim",
  "31": "red",
  "32": "green",
  "33": "yellow",
  "36": "cyan",
  "22": "",
  "39": "",
};

/** A part of a line in one style. */
interface Span {
  readonly className: string;
  readonly text: string;
}

/** Returns the start of the diff as an SVG image. */
export function picture(): string {
  const args = [join(root, "dist", "tracing-sidecar.js"), "-c", "tracing.yaml", "--color", "--diff", file];
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { cwd: join(root, folder), encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const lines = [[{ className: "dim", text: `$ ${command}` }], ...stdout.split("\n").map(toSpans)].slice(0, rows);
  const texts = [...lines, [{ className: "dim", text: "..." }]].map(
    (spans, i) => `<text x="16" y="${16 + (i + 1) * height}">${shortened(spans).map(toTspan).join("")}</text>`,
  );
  const size = { width: Math.ceil(columns * width) + 32, height: (texts.length + 2) * height };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" xml:space="preserve" role="img">`,
    `<title>The output of ${command}</title>`,
    "<style>",
    "text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #d0d7de; white-space: pre }",
    ".bold { font-weight: bold } .dim { fill: #8b949e } .red { fill: #ff7b72 } .green { fill: #7ee787 }",
    ".yellow { fill: #e3b341 } .cyan { fill: #79c0ff }",
    "</style>",
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    ...texts,
    "</svg>",
    "",
  ].join("\n");
}

/** Splits a line at its escape codes, such as `ESC[32m`. */
function toSpans(line: string): Span[] {
  const [start = "", ...parts] = line.split("\u001b[");
  const styled = parts.map((part) => {
    const [code = ""] = part.split("m", 1);
    return { className: classes[code] ?? "", text: part.slice(code.length + 1) };
  });
  return [{ className: "", text: start }, ...styled].filter(({ text }) => text !== "");
}

/** Cuts a line that is wider than the picture. */
function shortened(spans: readonly Span[]): Span[] {
  let left = columns;
  return spans.flatMap(({ className, text }) => {
    if (left <= 0) return [];
    const cut = text.length > left ? `${text.slice(0, left - 1)}…` : text;
    left -= text.length;
    return [{ className, text: cut }];
  });
}

function toTspan({ className, text }: Span): string {
  const escaped = text.replace(/[&<>]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[char] as string);
  return className === "" ? escaped : `<tspan class="${className}">${escaped}</tspan>`;
}

/** The picture's path. */
export const picturePath = "docs/images/diff.svg";
