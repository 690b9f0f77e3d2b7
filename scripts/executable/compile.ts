import { readFileSync, writeFileSync } from "node:fs";
import { Script } from "node:vm";

/*
 * `node compile.js WRAPPED-BUNDLE CODE < RESOURCE-LIST` runs the bundle, and writes what V8 has compiled by then.
 */

const [bundle, code] = process.argv.splice(2) as [string, string];
const script = new Script(readFileSync(bundle, "utf8"), { filename: "tracing-sidecar.js" });
process.on("exit", () => writeFileSync(code, script.createCachedData()));
script.runInThisContext()(exports, require, module, __filename, __dirname);
