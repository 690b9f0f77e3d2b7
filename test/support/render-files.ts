import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type RenderResult, render } from "../../src/cli/render";
import { type Manifest, readManifest } from "../../src/krm/manifest";
import { type FunctionConfig, type RunOptions, readFunctionConfig } from "../../src/pipeline/run";
import { asValue, type Sidecar } from "./configuration-arbitrary";

/** Renders files as the command line does. Discards the test case if one of them can't be read. */
export function renderFiles(texts: readonly string[], configuration: Sidecar, options: RunOptions = {}): RenderResult {
  return render(texts.map(readOrDiscard), functionConfigOf(configuration), options);
}

function functionConfigOf(configuration: Sidecar): FunctionConfig {
  const config = readFunctionConfig(asValue(configuration));
  return "findings" in config ? assert.fail(JSON.stringify(config.findings)) : config;
}

/** Reads a manifest. Discards the test case if it is a List whose style or anchors are refused: such a file is skipped. */
export function readOrDiscard(text: string, index: number): Manifest {
  try {
    return readManifest(`${index}.yaml`, text);
  } catch (error) {
    assert.match(String(error), /the keys of the List must be written as|refers to an anchor (?:outside|elsewhere)/);
    fc.pre(false);
    throw error;
  }
}
