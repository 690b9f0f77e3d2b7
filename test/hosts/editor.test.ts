import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import { schemas } from "../../src/cli/schema";
import { type Diagnostic, LanguageServer } from "../support/language-server";
import { runBundle } from "../support/run-bundle";
import { find, lacks, root, temporaryFolder } from "./support";

/*
 * A configuration in an editor: the language server that most editors run for YAML, with the line that `init --schema` writes.
 */

/** Without SchemaStore's catalog, which the server would download. */
const settings = { yaml: { schemaStore: { enable: false }, validate: true, completion: true, hover: true } };

const none = (diagnostics: readonly Diagnostic[]) => diagnostics.length === 0;
const some = (diagnostics: readonly Diagnostic[]) => diagnostics.length > 0;

/** A configuration that `init` wrote, open in an editor. */
interface Editor {
  readonly server: LanguageServer;
  readonly uri: string;
  readonly text: string;
}

/** Creates the schema and the configuration with the documented commands, and opens the configuration. */
async function open(t: TestContext): Promise<Editor> {
  const folder = temporaryFolder(t);
  const output = join(folder, "tracing.yaml");
  writeFileSync(join(folder, "tracing.schema.json"), runBundle("", { args: ["schema"] }).stdout);
  const options = ["--schema", "tracing.schema.json", "--collector", "collector.tracing:4317", "--output", output];
  assert.equal(runBundle("", { args: ["init", ...options] }).status, 0);
  const server = new LanguageServer(find("yaml-language-server") as string, ["--stdio"], settings);
  t.after(() => server.stop());
  await server.initialize(folder);
  return { server, uri: pathToFileURL(output).href, text: readFileSync(output, "utf8") };
}

/** Returns the position of the start of a text in a document. */
function positionOf(text: string, part: string): { readonly line: number; readonly character: number } {
  const lines = text.slice(0, text.indexOf(part)).split("\n");
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

describe("the YAML language server, with a configuration of init --schema", { timeout: 120_000 }, () => {
  test("accepts it, and marks errors at their place with the message of the schema", async (t) => {
    if (lacks(t, "yaml-language-server")) return;
    const { server, uri, text } = await open(t);
    const unknown = text.replace("  agent:\n", "  agnt:\n");
    const [first, ...others] = await server.show(uri, unknown, some);
    assert.deepEqual([first?.message, others], ["Property agnt is not allowed.", []]);
    assert.deepEqual(first?.range.start, positionOf(unknown, "agnt:"));
    await server.show(uri, text, none);

    // The name's own keywords are next to a $ref.
    const invalid = text.replace("name: tracing\n", "name: Tracing\n");
    const [name] = await server.show(uri, invalid, some);
    assert.match(name?.message ?? "", /^must consist of lowercase letters, digits, /);
    assert.deepEqual(name?.range.start, positionOf(invalid, "Tracing\n"));
  });

  test("completes fields and values, and shows their descriptions", async (t) => {
    if (lacks(t, "yaml-language-server")) return;
    const { server, uri, text } = await open(t);
    await server.show(uri, text, none);
    const hover = await server.request("textDocument/hover", {
      textDocument: { uri },
      position: positionOf(text, "collector:"),
    });
    const { description } = JSON.parse(schemas["TracingSidecar"] as string).properties.spec.properties.collector;
    assert.ok(hover.contents.value.includes(description), hover.contents.value);

    const labels = async (changed: string, part: string) => {
      await server.show(uri, changed, () => true);
      const { line, character } = positionOf(changed, part);
      const position = { line, character: character + part.length };
      const { items } = await server.request("textDocument/completion", { textDocument: { uri }, position });
      return items as { readonly label: string; readonly documentation?: string }[];
    };
    const fields = await labels(text.replace("  agent:\n", "  agent:\n    po\n"), "    po");
    assert.match(fields.find(({ label }) => label === "portNames")?.documentation ?? "", /./);
    const values = await labels(text.replace(/type: otelcol .*/, "type: "), "    type: ");
    assert.deepEqual(values.map(({ label }) => label).sort(), ["jaeger", "otelcol"]);
  });
});

describe("the schemas", () => {
  for (const [kind, path] of [
    ["TracingSidecar", "schema.json"],
    ["PrivateCA", "private-ca.schema.json"],
  ] as const) {
    test(`${kind} passes ajv's strict check as SchemaStore runs it, and its $id is its address`, () => {
      const schema = JSON.parse(readFileSync(join(root, "function-config", path), "utf8"));
      assert.equal(schema.$schema, "http://json-schema.org/draft-07/schema#");
      assert.ok(schema.$id.endsWith(`/main/function-config/${path}`), schema.$id);
      // The options of SchemaStore's cli.js, next to ajv's own strict ones. The keywords are those of editors for messages.
      const keywords = ["errorMessage", "patternErrorMessage"];
      const options = { strictTypes: false, strictTuples: false, allowMatchingProperties: true };
      const validate = new Ajv({ ...options, keywords }).compile(schema);
      assert.equal(validate({ apiVersion: "tracing-sidecar.dev/v1alpha1", kind: "Other" }), false);
    });
  }
});
