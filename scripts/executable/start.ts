import { getRawAsset } from "node:sea";
import { Script } from "node:vm";

/*
 * The entry point of the executable: the bundle, with the code that V8 compiled in a run of it. Node's `useCodeCache` would
 * only contain the few functions that V8 compiles when it reads the text, and none that it compiles when they are called.
 */

const asset = (name: string) => Buffer.from(getRawAsset(name) as ArrayBuffer);

// If V8 rejects the compiled code, it compiles the text: the code is for one version, one architecture, and the default
// options.
const script = new Script(asset("bundle").toString("utf8"), {
  filename: "tracing-sidecar.js",
  cachedData: asset("code"),
});
script.runInThisContext()(exports, require, module, __filename, __dirname);
