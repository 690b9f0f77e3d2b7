import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { patchedJsYaml } from "../yaml-parser";

/*
 * Builds the playground (site/playground): a page with one script, one style sheet and a service worker. The script contains
 * the source of the Web Worker, which contains tracing-sidecar.
 */

const root = join(__dirname, "..", "..");
const source = join(root, "site", "playground");

/** The examples that the page offers. The first one is shown at the start. */
const examples = [
  {
    id: "article",
    title: "HotROD with a Jaeger agent",
    files: ["examples/hotrod/kpt/deployment.yaml"],
    configuration: "examples/hotrod/kpt/tracing.yaml",
  },
  {
    id: "otelcol",
    title: "HotROD with an OpenTelemetry Collector",
    files: ["examples/hotrod/otelcol/deployment.yaml"],
    configuration: "examples/hotrod/otelcol/tracing.yaml",
  },
  {
    id: "private-ca",
    title: "A private CA",
    files: [],
    configuration: "examples/hotrod/kpt/private-ca/private-ca.yaml",
  },
] as const;

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  write: false,
  platform: "browser",
  target: ["chrome111", "firefox115", "safari16.4"],
  format: "iife",
  legalComments: "none",
  logLevel: "warning",
} as const satisfies BuildOptions;

/** A file of the built playground. */
interface BuiltFile {
  readonly name: string;
  readonly content: string;
}

/** Builds the playground into a folder. */
export async function buildPlayground(folder: string): Promise<void> {
  const worker = await buildWorker();
  const script = named("playground.js", await bundle(join(source, "main.ts"), { plugins: [virtualModules(worker)] }));
  const style = named("playground.css", await bundle(join(source, "style.css"), {}));
  const page = { name: "index.html", content: pageOf(script.name, style.name) };
  const cached = [page, script, style];
  const serviceWorker = await bundle(join(source, "service-worker.ts"), {
    define: {
      PLAYGROUND_FILES: JSON.stringify(["./", script.name, style.name]),
      PLAYGROUND_VERSION: JSON.stringify(hashOf(cached.map(({ content }) => content).join("\0"))),
    },
  });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of [...cached, { name: "service-worker.js", content: serviceWorker }])
    writeFileSync(join(folder, name), content);
}

/** Returns the source of the Web Worker, or of another one that is built in the same way. */
export function buildWorker(entry: string = join(source, "worker.ts")): Promise<string> {
  return bundle(entry, { plugins: [patchedJsYaml] });
}

async function bundle(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ ...common, ...options, write: false, entryPoints: [entry] });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`${entry} has no output`);
  return output.text;
}

/** Provides the modules that are declared in virtual-modules.d.ts. */
function virtualModules(worker: string): Plugin {
  const contents: Readonly<Record<string, unknown>> = {
    worker,
    starter: readFileSync(join(source, "starter.yaml"), "utf8"),
    examples: examples.map(readExample),
  };
  return {
    name: "virtual modules",
    setup(build) {
      const namespace = "playground";
      build.onResolve({ filter: /^playground:/ }, ({ path }) => ({
        path: path.slice("playground:".length),
        namespace,
      }));
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: JSON.stringify(contents[path]),
        loader: "json",
      }));
    },
  };
}

function readExample({ id, title, files, configuration }: (typeof examples)[number]) {
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const manifests = files.map((path) => ({ path: path.split("/").pop(), text: read(path) }));
  return {
    id,
    title,
    files: manifests.length > 0 ? manifests : [{ path: "manifest.yaml", text: "" }],
    configuration: read(configuration),
  };
}

/** Adds a hash of its content to a file's name, so that a browser never mixes files of two builds. */
function named(name: string, content: string): BuiltFile {
  return { name: name.replace(".", `-${hashOf(content).slice(0, 10)}.`), content };
}

function hashOf(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Sets the theme before the page is shown. VitePress, which stores the user's choice, does the same. */
const appearance = `let choice = "auto";
try { choice = localStorage.getItem("vitepress-theme-appearance") || choice; } catch {}
const isDark = choice === "dark" || (choice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.classList.toggle("dark", isDark);`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#3451b2"/><path d="M4 5h8M8 5v7" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>`;

/** Returns the page with the names of its files and its Content-Security-Policy. */
function pageOf(script: string, style: string): string {
  const scriptHash = createHash("sha256").update(appearance).digest("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'sha256-${scriptHash}'`,
    // CodeMirror adds style elements.
    "style-src 'self' 'unsafe-inline'",
    "img-src data:",
    // The Web Worker, which is a blob and so has this policy too, and the service worker.
    "worker-src 'self' blob:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const values: Readonly<Record<string, string>> = {
    CSP: policy,
    ICON: encodeURIComponent(icon),
    STYLE: style,
    SCRIPT: script,
  };
  return readFileSync(join(source, "index.html"), "utf8")
    .replace('<script data-source="APPEARANCE"></script>', () => `<script>${appearance}</script>`)
    .replace(/%([A-Z]+)%/g, (_, name: string) => values[name] ?? "");
}
