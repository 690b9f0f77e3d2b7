import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { describe, test } from "node:test";
import ts from "typescript";
import { agentTypeNames } from "../../src/plan/agents/index";

/*
 * The rules of ARCHITECTURE.md that the compiler doesn't check. Imports of types count too: a layer must not know the layers
 * above it.
 */

const source = join(__dirname, "..", "..", "src");

/** The layers from the ground up, each with the layers that it may import from; ARCHITECTURE.md describes them. */
const layers: Readonly<Record<string, readonly string[]>> = {
  yaml: [],
  kube: ["yaml"],
  krm: ["yaml", "kube"],
  config: ["yaml", "kube"],
  plan: ["yaml", "kube", "config"],
  pipeline: ["yaml", "kube", "krm", "config", "plan"],
  cli: ["yaml", "kube", "krm", "config", "plan", "pipeline"],
  "main.ts": ["cli", "krm", "pipeline"],
};

/** Layers that work on plain data, and the files of yaml/ that are about nothing else, or print it. */
const plainDataLayers = ["kube", "config", "plan"];
const plainDataFiles = ["yaml/maps.ts", "yaml/print.ts", "yaml/projection.ts", "yaml/value.ts"];

/**
 * Packages and `node:` modules, with the files that may import them. Elsewhere they would be disk, network, clock or chance.
 * The core is the rooms below cli/: it imports nothing of Node. That it uses no global of Node either is checked by the
 * compiler, with `tsconfig.core.json`.
 */
const allowedPackages: Readonly<Record<string, RegExp>> = {
  "js-yaml": /^yaml\//,
  "kpt-functions/dist/src/result": /^krm\//,
  "kpt-functions": /^krm\//,
  ajv: /^config\//,
  diff: /^cli\/unified-diff\.ts$/,
  "node:path": /^cli\//,
  "node:buffer": /^cli\/decode-utf8\.ts$/,
  "node:fs": /^(?:cli\/file-system|main)\.ts$/,
  "node:util": /^cli\//,
};

/** The imports of every file, by its path within src. Generated files are left out. */
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
    return found ?? assert.fail(`${file} imports ${fileName}, which doesn't exist`);
  });
}

/** The layer of a file: its first folder, or the file itself in the root of src. */
function layerOf(file: string): string {
  const [layer = ""] = file.split("/");
  return layer;
}

/** All imports within src as pairs. */
const edges = [...imports].flatMap(([from, targets]) =>
  targets.filter((to) => imports.has(to)).map((to) => [from, to] as const),
);

const asArrow = (edge: readonly [from: string, to: string]): string => edge.join(" -> ");

/** The cycles of a graph, each as a chain of names. */
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

test("the root of src has main.ts and seven folders", () => {
  assert.deepEqual(readdirSync(source).sort(), Object.keys(layers).sort());
});

describe("imports", () => {
  for (const [layer, below] of Object.entries(layers)) {
    test(`${layer} imports from ${below.length === 0 ? "no other layer" : below.join(", ")} only`, () => {
      const others = edges.filter(
        ([from, to]) => layerOf(from) === layer && layerOf(to) !== layer && !below.includes(layerOf(to)),
      );
      assert.deepEqual(others.map(asArrow), []);
    });
  }

  for (const layer of plainDataLayers) {
    test(`${layer} imports of yaml only what is about plain data`, () => {
      const others = edges.filter(
        ([from, to]) => layerOf(from) === layer && layerOf(to) === "yaml" && !plainDataFiles.includes(to),
      );
      assert.deepEqual(others.map(asArrow), []);
    });
  }

  test("form no cycle", () => assert.deepEqual(cyclesIn(imports), []));

  test("of packages and Node are in the files that may have them", () => {
    const others = [...imports].flatMap(([from, targets]) =>
      targets
        .filter((to) => !existsSync(join(source, to)))
        .filter((to) => !allowedPackages[to]?.test(from))
        .map((to) => asArrow([from, to])),
    );
    assert.deepEqual(others, []);
  });
});

test("yaml knows nothing of Kubernetes", () => {
  const words = /kubernetes\.io|\bapiVersion\b|\bmetadata\b|\bDeployment\b|\bcontainers?\b/;
  const files = [...imports.keys()].filter((file) => layerOf(file) === "yaml" && words.test(code(textOf(file))));
  assert.deepEqual(files, []);
});

test("only main.ts uses the process; no file uses a clock, chance or the network", () => {
  const found = [...imports.keys()].flatMap((file) =>
    globalsOf(file)
      .filter((name) => file !== "main.ts" || name !== "process")
      .map((name) => `${file}: ${name}`),
  );
  assert.deepEqual(found, []);
});

/** A file's text without its comments. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*/g, "");
}

const forbidden = ["process", "console", "Date", "performance", "fetch", "setTimeout", "crypto", "globalThis"];

/** The global names of the runtime that a file uses. */
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

describe("an agent type", () => {
  const agents = "plan/agents/";
  const table = `${agents}index.ts`;
  const folderOf = (file: string) =>
    agentTypeNames.map((name) => `${agents}${name}/`).find((name) => file.startsWith(name));

  test("is known to the table of agent types only", () => {
    const others = edges.filter(
      ([from, to]) => folderOf(to) !== undefined && folderOf(from) !== folderOf(to) && from !== table,
    );
    assert.deepEqual(others.map(asArrow), []);
    assert.equal(edges.filter(([from, to]) => from === table && folderOf(to)).length, agentTypeNames.length);
  });

  test("isn't a case anywhere else", () => {
    const files = [...imports.keys()].filter((file) => folderOf(file) === undefined && file !== table);
    assert.deepEqual(
      files.flatMap((file) => casesOf(textOf(file)).map((text) => `${file}: ${text}`)),
      [],
    );
    assert.equal(casesOf("agent.type === 'jaeger'; 'otelcol' != type; switch (type) { case 'jaeger': }").length, 3);
  });

  /** The conditions in a program that compare with the name of an agent type. */
  function casesOf(text: string): string[] {
    const found: string[] = [];
    const isName = (node: ts.Node) =>
      ts.isStringLiteral(node) && (agentTypeNames as readonly string[]).includes(node.text);
    const visit = (node: ts.Node): void => {
      const isEquality = ts.isBinaryExpression(node) && /^[!=]==?$/.test(node.operatorToken.getText());
      if (isEquality && (isName(node.left) || isName(node.right))) found.push(node.getText());
      if (ts.isCaseClause(node) && isName(node.expression)) found.push(node.getText());
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile("file.ts", text, ts.ScriptTarget.ES2022, true));
    return found;
  }
});

test("git ignores the folders with generated code", () => {
  const ignored = readFileSync(join(source, "..", ".gitignore"), "utf8").split("\n");
  assert.ok(ignored.includes("src/*/generated/"));
});
