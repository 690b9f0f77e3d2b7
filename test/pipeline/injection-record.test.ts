import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stableHash } from "../../src/kube/stable-hash";
import { type InjectionRecord, printRecord, readRecord } from "../../src/pipeline/injection-record";
import { run } from "../../src/pipeline/run";
import { splitResults } from "../support/fixture";
import { deployment, functionConfig, head } from "../support/hostile";
import { itemsOf } from "../support/sections";

/*
 * The paths in a record, for container names with special characters.
 */
for (const name of ["we]", "we].env", "[web]", "%5D", "100%"]) {
  test(`finds additions to a container named ${name}`, () => {
    const list =
      head + deployment("          image: web:1\n").replace("- name: web", `- name: ${JSON.stringify(name)}`);
    const configuration = functionConfig("    app:\n      env: [{name: A, value: one}]\n");
    const first = run(list + configuration);
    assert.match(first.stdout, / {10}env:\n {10}- name: A\n/);
    assert.equal(itemsOf(run(first.stdout).stdout), itemsOf(first.stdout));
    const absent = functionConfig("    state: absent\n");
    assert.equal(itemsOf(run(first.stdout.replace(configuration, absent)).stdout), itemsOf(list + configuration));
  });
}

describe("additions to a container that ends with a block scalar, and after that container,", () => {
  const list = (header: string) =>
    `${head}${deployment(`          command:\n          - ${header}\n            run\n`)}`;
  const configuration = functionConfig("    app:\n      env: [{name: A, value: one}]\n");
  const absent = functionConfig("    state: absent\n");
  /** Returns the injected list, with a user's lines after the agent. */
  const injected = (header: string, lines: string) => {
    const { stdout } = run(list(header) + configuration);
    assert.match(stdout, / {10}env:\n {10}- name: A\n[\s\S]*- name: otel-collector\n/);
    return stdout.replace("functionConfig:", `${lines}$&`);
  };

  for (const [header, lines] of [
    ["|", ""],
    ["|+", ""],
    ["|", "          # mine\n"],
    [">-", "\n"],
  ] as const) {
    test(`are removed: ${header} followed by ${JSON.stringify(lines)}`, () => {
      const before = injected(header, lines);
      const { stdout } = run(before.replace(configuration, absent));
      assert.equal(itemsOf(stdout), itemsOf(list(header) + lines + configuration));
    });
  }

  for (const [header, lines, noun] of [
    ["|", "            # mine\n", "comment"],
    [">-", "\n              # mine\n", "comment"],
    ["|", "             \n", "blank line"],
    ["|+", "            \n", "blank line"],
    ["|+", "\n", "blank line"],
  ] as const) {
    test(`stay if lines would become text of the scalar: ${header} followed by ${JSON.stringify(lines)}`, () => {
      const before = injected(header, lines);
      for (const next of [configuration, absent]) {
        const { stdout, stderr, status } = run(before.replace(configuration, next));
        assert.equal(status, 1);
        assert.match(
          stderr,
          new RegExp(
            `Deployment web: \\S+: generated lines can't be removed: the ${noun} after them would become part`,
          ),
        );
        assert.equal(itemsOf(stdout), itemsOf(before));
      }
    });
  }
});

describe("blank lines after the agent, if the user's container ends with a block scalar,", () => {
  const list = (header: string) => `${head}${deployment(`          args:\n          - ${header}\n            run\n`)}`;
  const configuration = functionConfig();
  const other = configuration.replace("otel-collector:4317", "another:4317");

  for (const header of ["|", ">-"]) {
    for (const lines of ["          \n", "      \n".repeat(3), "            \n\n \n"]) {
      test(`stay after it when it changes: ${header}, ${JSON.stringify(lines)}`, () => {
        const first = run(list(header) + configuration).stdout.replace("functionConfig:", `${lines}functionConfig:`);
        const { stdout, stderr, status } = run(first.replace(configuration, other));
        assert.equal(status, 0, stderr);
        assert.equal(itemsOf(stdout), itemsOf(first.replace("otel-collector:4317", "another:4317")));
      });
    }
  }
});

describe("after the last item, in a list that needs the parser,", () => {
  const list = (comment: string) =>
    `${head.replace("items:", '"items":')}${deployment("          workingDir: |\n            a\n")}${comment}`;
  const absent = functionConfig("    state: absent\n");
  const injected = (comment: string) =>
    run(list("") + functionConfig()).stdout.replace("functionConfig:", `${comment}functionConfig:`);
  const removed = (text: string) => run(text.replace(functionConfig(), absent));

  test("a comment that would become text prevents the removal", () => {
    const { stderr, status } = removed(injected("            # mine\n"));
    assert.equal(status, 1);
    assert.match(
      stderr,
      /Deployment web: \S+: generated lines can't be removed: the comment after them would become part/,
    );
  });

  test("another comment stays where it is", () => {
    const comment = "          # mine\n\n# and mine\n";
    assert.equal(splitResults(removed(injected(comment)).stdout).rest, list(comment) + absent);
  });
});

test("refuses a removal after which the following lines wouldn't be valid YAML", () => {
  const list = `${head}${deployment("          workingDir: |\n")}`;
  const first = run(list + functionConfig()).stdout;
  const before = first.replace("functionConfig:", "              \n            # mine\nfunctionConfig:");
  const { stdout, stderr, status } = run(before.replace(functionConfig(), functionConfig("    state: absent\n")));
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^error: Deployment web: \S+: generated lines can't be removed: the text after them would no longer be valid YAML\. \[invalid-object\]\n$/,
  );
  assert.equal(itemsOf(stdout), itemsOf(before));
});

describe("a record of elements that must be the first", () => {
  const record: InjectionRecord = {
    owner: "tracing",
    added: { "spec.template.spec.initContainers": ["otel-collector"] },
    created: [],
    formerlyEmpty: {},
    first: ["spec.template.spec.initContainers"],
  };
  const podSpec = "spec.template.spec";

  test("is read as it was printed", () => {
    assert.match(printRecord(record, podSpec), /,"first":\["initContainers"\],"sum"/);
    assert.deepEqual(readRecord(printRecord(record, podSpec), podSpec), record);
  });

  test("isn't read if the paths aren't a list of texts", () => {
    for (const first of ['"initContainers"', "[1]", "{}"])
      assert.equal(
        readRecord(printRecord(record, podSpec).replace('["initContainers"],"sum"', `${first},"sum"`), podSpec),
        undefined,
      );
  });
});

describe("an annotation with the right checksum", () => {
  const podSpec = "spec.template.spec";
  const signed = (record: object) => {
    const text = JSON.stringify(record);
    return `${text.slice(0, -1)},"sum":"${stableHash(text)}"}`;
  };

  test("is a record", () => {
    const added = { "containers[metadata.x].env": ["A"], "metadata.annotations": ["note"] };
    assert.deepEqual(readRecord(signed({ owner: "tracing", added }), podSpec), {
      owner: "tracing",
      added: { "spec.template.spec.containers[metadata.x].env": ["A"], "metadata.annotations": ["note"] },
      created: [],
      formerlyEmpty: {},
      first: [],
    });
  });

  test("isn't a record if something in it has another type, is missing, or doesn't belong in it", () => {
    for (const record of [
      {},
      { added: { containers: ["otel-collector"] } },
      { owner: 1 },
      { owner: "tracing", added: ["containers"] },
      { owner: "tracing", added: { containers: "otel-collector" } },
      { owner: "tracing", created: null },
      { owner: "tracing", created: { volumes: [1] } },
      { owner: "tracing", empty: { volumes: 1 } },
      { owner: "tracing", first: "initContainers" },
      { owner: "tracing", first: [1] },
      { owner: "tracing", other: 1 },
    ])
      assert.equal(readRecord(signed(record), podSpec), undefined, JSON.stringify(record));
  });
});

describe("a damaged record", () => {
  const withRecord = (annotation: string) =>
    head +
    deployment("          image: web:1\n").replace(
      "    name: web\n",
      `    name: web\n    annotations:\n      tracing-sidecar.dev/injected: '${annotation}'\n`,
    ) +
    functionConfig();

  test("of this configuration, or of none that can be read, is an error, and nothing changes", () => {
    for (const annotation of ['{"owner":"tracing","sum":"x"}', '{"sum":"x"}', "[1", "true", '{"owner":1}']) {
      const input = withRecord(annotation);
      const { stdout, stderr, status } = run(input);
      assert.equal(status, 1);
      assert.match(stderr, /^error: .* was edited, or damaged by a merge.* \[invalid-record\]\n$/);
      assert.equal(itemsOf(stdout), itemsOf(input));
    }
  });

  test("of another configuration is that configuration's", () => {
    const { stderr, status } = run(withRecord('{"owner":"other","sum":"x"}'));
    assert.equal(status, 1);
    assert.match(stderr, /already managed by the configuration "other".* \[conflict-owner\]\n$/);
  });
});
