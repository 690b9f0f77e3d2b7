import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { describe, test } from "node:test";
import ts from "typescript";

/*
 * The rules of ARCHITECTURE.md that a compiler does not hold. Imports of types count: knowing a layer above is what is
 * not to be.
 */

const source = join(__dirname, "..", "..", "src");

/** The rooms from the ground up, each with the rooms that it may import from; ARCHITECTURE.md describes them. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  yaml: [],
  kube: ["yaml"],
  krm: ["yaml", "kube"],
  config: ["yaml", "kube"],
  plan: ["yaml", "kube", "config"],
  pipeline: ["yaml", "kube", "krm", "config", "plan"],
  cli: ["yaml", "kube", "krm", "config", "plan", "pipeline"],
  "main.ts": ["cli", "pipeline"],
};

/** Rooms that work on plain data, and the files of yaml/ that are about nothing else. */
const plainDataRooms = ["kube", "config", "plan"];
const plainDataFiles = ["yaml/value.ts", "yaml/projection.ts"];

/** What only some files may import from outside; `node:` modules elsewhere would be disk, network, clock or chance. */
const allowedPackages: Readonly<Record<string, RegExp>> = {
  "js-yaml": /^yaml\//,
  "kpt-functions/dist/src/result": /^krm\//,
  "kpt-functions": /^krm\//,
  ajv: /^config\//,
  diff: /^cli\/unified-diff\.ts$/,
  "node:path": /^(?:(?:plan|cli|pipeline)\/)/,
  "node:buffer": /^(?:cli\/|main\.ts$)/,
  "node:fs": /^(?:cli\/node-files|main)\.ts$/,
  "node:util": /^cli\//,
};

const longest = 300;

/** Every file by its path within src, with the paths of what it imports; what is generated is not looked into. */
const imports: ReadonlyMap<string, readonly string[]> = new Map(
  readdirSync(source, { recursive: true, encoding: "utf8" })
    .map((file) => file.split(sep).join("/"))
    .filter((file) => file.endsWith(".ts") && !file.includes("generated/"))
    .sort()
    .map((file) => [file, importsOf(file)] as const),
);

function textOf(file: string): string {
  return readFileSync(join(source, file), "utf8");
}

function importsOf(file: string): string[] {
  return ts.preProcessFile(textOf(file)).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith(".")) return fileName;
    const target = posix.join(dirname(file).split(sep).join("/"), fileName);
    const found = [`${target}.ts`, `${target}/index.ts`, `${target}.js`].find((path) => existsSync(join(source, path)));
    return found ?? assert.fail(`${file} imports ${fileName}, which is not there`);
  });
}

/** The room of a file: its first folder, or the file itself in the root of src. */
function roomOf(file: string): string {
  const [room = ""] = file.split("/");
  return room;
}

/** All imports within src as pairs. */
const edges = [...imports].flatMap(([from, targets]) =>
  targets.filter((to) => imports.has(to)).map((to) => [from, to] as const),
);

const asArrow = (edge: readonly [from: string, to: string]): string => edge.join(" -> ");

/** The cycles that a walk over a graph meets, each as a chain of names. */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, chain: readonly string[]): void => {
    const start = chain.indexOf(node);
    if (start >= 0) cycles.push([...chain.slice(start), node].join(" -> "));
    if (start >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...chain, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return cycles;
}

describe("imports", () => {
  for (const [room, below] of Object.entries(rooms)) {
    test(`of ${room} are of ${below.length === 0 ? "no other room" : below.join(", ")}`, () => {
      const others = edges.filter(
        ([from, to]) => roomOf(from) === room && roomOf(to) !== room && !below.includes(roomOf(to)),
      );
      assert.deepEqual(others.map(asArrow), []);
    });
  }

  test("of kube, config and plan are of no file of yaml that knows texts", () => {
    const knowing = edges.filter(
      ([from, to]) => plainDataRooms.includes(roomOf(from)) && roomOf(to) === "yaml" && !plainDataFiles.includes(to),
    );
    assert.deepEqual(knowing.map(asArrow), []);
  });

  test("have no cycles between files", () => assert.deepEqual(cyclesIn(imports), []));

  test("from packages and Node are made where they belong", () => {
    const others = [...imports].flatMap(([from, targets]) =>
      targets
        .filter((to) => !existsSync(join(source, to)))
        .filter((to) => !allowedPackages[to]?.test(from))
        .map((to) => `${from} -> ${to}`),
    );
    assert.deepEqual(others, []);
  });
});

describe("what a part must not know", () => {
  test("yaml/ knows nothing of Kubernetes", () => {
    const words = /kubernetes\.io|\bapiVersion\b|\bmetadata\b|\bDeployment\b|\bcontainers?\b/;
    const knowing = [...imports.keys()].filter((file) => file.startsWith("yaml/") && words.test(code(textOf(file))));
    assert.deepEqual(knowing, []);
  });

  test("only main.ts touches the process; nobody looks at a clock, at chance or at the network", () => {
    const found = [...imports.keys()].flatMap((file) =>
      globalsOf(file).map((name) => (file === "main.ts" && name === "process" ? [] : [`${file}: ${name}`])),
    );
    assert.deepEqual(found.flat(), []);
  });
});

/** A file's text without its comments. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*/g, "");
}

const forbidden = ["process", "console", "Date", "performance", "fetch", "setTimeout", "crypto", "globalThis"];

/** The names of the runtime's own things that a file uses. */
function globalsOf(file: string): string[] {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isOwn = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && !isOwn && forbidden.includes(node.text)) names.add(node.text);
    if (ts.isPropertyAccessExpression(node) && node.getText() === "Math.random") names.add("Math.random");
    ts.forEachChild(node, visit);
  };
  const tree = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022, true);
  ts.forEachChild(tree, visit);
  return [...names];
}

test(`no file is longer than ${longest} lines`, () => {
  const lengths = [...imports.keys()].map((file) => [file, textOf(file).split("\n").length - 1] as const);
  assert.deepEqual(
    lengths.filter(([, lines]) => lines > longest),
    [],
  );
});

test("what is generated is not committed, and is the only thing that is not looked at here", () => {
  const generated = join(source, "config", "generated");
  const ignored = readFileSync(join(__dirname, "..", "..", ".gitignore"), "utf8").split("\n");
  assert.ok(
    ignored.includes(
      `${relative(join(__dirname, "..", ".."), generated)
        .split(sep)
        .join("/")}/`,
    ),
  );
});
