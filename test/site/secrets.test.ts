import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { secretsIn } from "../../site/playground/secrets";

const linesOf = (text: string) => secretsIn({ path: "a.yaml", text }).map(({ line }) => line);

describe("is found", () => {
  const secrets = [
    "kind: Secret",
    "apiVersion: v1\nkind: Secret\ndata: {}",
    "---\nkind: 'Secret'",
    '{"kind": "Secret"}',
    '{"kind":\n"Secret"}',
    '{"kind": "S\\u0065cret"}',
    '"k\\x69nd": Secret',
    "kind: >-\n  Secret",
    "? kind\n: Secret",
    "kind: !!str Secret",
    "name: &k Secret\nkind: *k",
    "kind: List\nitems:\n- kind: SecretList",
    "apiVersion: v1\nkind: List\nitems: [{kind: Secret}]",
    "<<: {kind: Secret}",
    "# kind: Secret",
    "data:\n  a.yaml: |\n    kind: Secret\n",
    'data: {a: "{\\"kind\\": \\"Secret\\"}"}',
    "broken: [\nkind: Secret",
    "secretGenerator:\n- literals: [a=b]",
    "kind: Secret\r\n",
    "\ufeffkind: Secret",
  ];
  for (const text of secrets) test(JSON.stringify(text), () => assert.ok(linesOf(text).length > 0));
});

describe("isn't found", () => {
  const others = [
    "",
    "kind: Deployment",
    "kind: SecretProviderClass",
    "kind: SealedSecret",
    "kind: ExternalSecret",
    "secretName: web-tls",
    "env: [{valueFrom: {secretKeyRef: {name: a, key: b}}}]",
    "volumes: [{secret: {secretName: a}}]",
    "broken: [",
  ];
  for (const text of others) test(JSON.stringify(text), () => assert.deepEqual(linesOf(text), []));
});

test("each is found at its line", () => {
  assert.deepEqual(linesOf('kind: A\n---\n{"kind": "S\\u0065cret"}\n---\nkind: B\n'), [3]);
});
