import assert from "node:assert/strict";
import { test } from "node:test";
import type { TranspilerFactory, TranspilerModule } from "ts-node";
import { type CompilerOptions, ModuleKind, ScriptTarget } from "typescript";

const { create }: TranspilerModule = require("../../scripts/transpile.cjs");

/*
 * How ts-node compiles the scripts and the tests: each file once, until its text or the settings change.
 */

const options = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, removeComments: true };

function compile(source: string, changed: CompilerOptions = {}) {
  const service = { config: { options: { ...options, ...changed } } };
  const transpiler = create({ service } as unknown as Parameters<TranspilerFactory>[0]);
  const { outputText, diagnostics = [] } = transpiler.transpile(source, { fileName: `${__filename}.example.ts` });
  return { output: outputText.trim(), diagnostics: diagnostics.map(({ messageText }) => messageText) };
}

test("compiles a file again if its text or a setting changes", () => {
  for (const _ of ["compiled", "cached"]) {
    assert.equal(compile("let a: number = 1; // one").output, "let a = 1;");
    assert.equal(compile("let b: number = 2; // two").output, "let b = 2;");
    assert.equal(compile("let b: number = 2; // two", { removeComments: false }).output, "let b = 2; // two");
  }
});

test("reports a syntax error each time", () => {
  for (const _ of [1, 2]) assert.deepEqual(compile("let a: = 1;").diagnostics, ["Type expected."]);
});
