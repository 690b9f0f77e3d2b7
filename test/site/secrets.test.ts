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
    // In a template or a file that isn't valid, the word is enough.
    'kind: {{ .Values.kind | default "Secret" }}',
    'kind: {{ "Secret" }}',
    "{{- if x }}\nkind: !!str Secret\n{{- end }}",
    "{{- if x }}\nkind: # c\n  Secret\n{{- end }}",
    `kind: \${KIND:-Secret}`,
    'kind: <%= x || "Secret" %>',
    "a: [\n---\nkind: >-\n  Secret",
    '{"kind": "S\\u0065cret", "data": {{ x }}}',
    '{"kind": "\\x53ecret\\U0000004cist"',
    '"kind": "Sec\\\n  ret"\nbroken: [',
    'a: "kind: A\\nkind: Secret\\n"\nbroken: [',
    // In a comment or a string.
    "# kind: &k Secret",
    "# kind: !!str 'Secret'",
    "# kind: >-\n#   Secret",
    'a: "apiVersion: v1\\nkind: Secret\\n"',
    'a: "{\\"kind\\": \\"S\\\\u0065cret\\"}"',
    "a: |\n  kind: # c\n    Secret\n",
    "a: |\n  kind: {{ x }}\n  b: Secret\n",
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
    "# The Secret is created by cert-manager",
    "a: The Secret of the app",
    "kind: Deployment # mounts the Secret",
    "kind: SecretProviderClass\nname: {{ x }}",
    "kind: SealedSecret\nname: {{ x }}",
    "secretName: {{ x }}",
  ];
  for (const text of others) test(JSON.stringify(text), () => assert.deepEqual(linesOf(text), []));
});

test("each is found at its line", () => {
  assert.deepEqual(linesOf('kind: A\n---\n{"kind": "S\\u0065cret"}\n---\nkind: B\n'), [3]);
});
