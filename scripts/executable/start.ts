import { getRawAsset } from "node:sea";
import { Script } from "node:vm";

/*
 * The executable's own program: the bundle, with what V8 compiled in a run of it. Node's `useCodeCache` would hold the
 * few functions that V8 compiles when it reads the text, and none that it compiles when they are called.
 */

const asset = (name: string) => Buffer.from(getRawAsset(name) as ArrayBuffer);

// V8 compiles anew what it cannot take: the code is for one version, one architecture, and the usual options.
const script = new Script(asset("bundle").toString("utf8"), {
  filename: "tracing-sidecar.js",
  cachedData: asset("code"),
});
script.runInThisContext()(exports, require, module, __filename, __dirname);
