import { readFileSync, writeFileSync } from "node:fs";
import { Script } from "node:vm";

/*
 * `node compile.js WRAPPED-BUNDLE CODE < RESOURCE-LIST` runs the bundle, and writes the code that V8 has compiled when the
 * run ends.
 */

const [bundle, code] = process.argv.splice(2) as [string, string];
const script = new Script(readFileSync(bundle, "utf8"), { filename: "tracing-sidecar.js" });
process.on("exit", () => writeFileSync(code, script.createCachedData()));
script.runInThisContext()(exports, require, module, __filename, __dirname);
