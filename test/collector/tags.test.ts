import assert from "node:assert/strict";
import { test } from "node:test";
import { lacks, temporaryFolder } from "../hosts/support";
import { freePort } from "../support/free-port";
import { startBackend } from "./backend";
import { startSidecar } from "./sidecar";
import { collectorPrograms, otelcol } from "./support";

/*
 * A tag from an annotation is the annotation's text, whatever it contains, in the real Collector.
 */

/** Texts that YAML reads as something else, or not at all. */
const texts: readonly string[] = [
  ...["", "1.10", "0123", "true", "~", "owner: me", '{"team":"shop"}', "[1, 2]", "{", '"quoted"', "it's # one", "a\nb"],
  // What the Collector's own syntax starts and ends with.
  ...[" $5 ", "a${", "b}"],
];

/** The first minor version that leaves a `$` at the end of a text unchanged. */
const firstWithFinalDollar = 161;

for (const program of collectorPrograms()) {
  test(`a tag from an annotation is its text (${program.version})`, async (t) => {
    if (lacks(t, program.program, otelcol)) return;
    const isNew = Number(program.version.split(".")[1]) >= firstWithFinalDollar;
    const values = new Map([...texts, ...(isNew ? ["5$", "$"] : [])].map((text, index) => [`note-${index}`, text]));
    const port = await freePort();
    const config = {
      receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${port}` } } } },
      service: { pipelines: { traces: { receivers: ["otlp"] } } },
    };
    const backend = await startBackend(t, temporaryFolder(t), JSON.stringify(config));
    const fieldPath = (name: string) => `metadata.annotations['${name}']`;
    const sidecar = await startSidecar(t, {
      collector: { endpoint: `dns:///127.0.0.1:${port}` },
      mountPath: "/tls",
      tags: Object.fromEntries([...values.keys()].map((name) => [name, { fieldPath: fieldPath(name) }])),
      podFields: Object.fromEntries([...values].map(([name, text]) => [fieldPath(name), text])),
      program,
    });
    await sidecar.send("tagged");
    const received = Object.entries((await backend.span("tagged", sidecar)) as object);
    const tags = Object.fromEntries(received.filter(([name]) => values.has(name)));
    const expected = [...values].map(([name, text]) => [name, { stringValue: text }]);
    assert.deepEqual(tags, Object.fromEntries(expected));
  });
}
