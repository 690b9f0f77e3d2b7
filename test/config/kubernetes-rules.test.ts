import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { head, messagesOf, withSpec, yaml } from "../support/sidecar-config";

/*
 * What the Kubernetes API rejects in an injected workload must be an error in the configuration, and nothing else may
 * be. Each case is a part of the spec and the expected message.
 */

type Case = readonly [parts: string, message: RegExp];

/** Declares a test for each case, and for each part of a spec that must be accepted. */
function rules(rejected: readonly Case[], accepted: readonly string[]): void {
  for (const [parts, message] of rejected) {
    it(`rejects ${parts.slice(0, 100)}`, () => {
      const messages = messagesOf(withSpec(parts));
      assert.equal(messages.length, 1, messages.join("\n"));
      assert.match(messages[0] as string, message);
    });
  }
  for (const parts of accepted) {
    it(`accepts ${parts.slice(0, 100)}`, () => assert.deepEqual(messagesOf(withSpec(parts)), []));
  }
}

const agent = (field: string, value: string) => `agent: {${field}: ${value}}`;
const resources = (value: string) => agent("resources", value);
const context = (value: string) => agent("securityContext", value);
const source = (value: string) => agent("env", `[{name: A, valueFrom: ${value}}]`);
const tag = (fieldPath: string) => agent("tags", `{t: {fieldPath: "${fieldPath}"}}`);
const long = (length: number) => "a".repeat(length);

describe("requests and limits", () => {
  const name = /resources\.limits.* must be `cpu`, `memory`, `ephemeral-storage`, `hugepages-SIZE`, or the name of an/;
  rules(
    [
      [resources("{limits: {gpu: 1}}"), name],
      [resources("{limits: {storage: 1Gi}}"), name],
      [resources("{limits: {a/b/c: 1}}"), name],
      [resources("{limits: {requests.example.com/gpu: 1}}"), name],
      [resources("{limits: {hugepages-: 1Gi, cpu: 1}}"), name],
      [
        resources('{requests: {cpu: "2"}, limits: {cpu: "1"}}'),
        /^spec\.agent\.resources\.requests\.cpu: "2" must be at most the limit, "1"$/,
      ],
      [
        resources("{limits: {example.com/gpu: 0.5}}"),
        /"0\.5" must be an integer, because example\.com\/gpu is an extended resource/,
      ],
      [
        resources("{requests: {example.com/gpu: 1}}"),
        /requests\["example\.com\/gpu"\]: requires an equal limit.*Add it to `limits`/,
      ],
      [resources("{requests: {example.com/gpu: 1}, limits: {example.com/gpu: 2}}"), /"1" must equal the limit, "2"/],
      [
        resources("{requests: {cpu: 1, hugepages-2Mi: 2Mi}, limits: {hugepages-2Mi: 4Mi}}"),
        /"2Mi" must equal the limit, "4Mi"/,
      ],
      [resources("{limits: {cpu: 1, hugepages-2Mi: 3Mi}}"), /"3Mi" must be a multiple of the page size, 2Mi/],
      [
        resources("{limits: {memory: 128m}}"),
        /^spec\.agent\.resources\.limits\.memory: "128m" must be at least 1Mi, because no container starts with less/,
      ],
      [resources("{limits: {memory: 128}}"), /"128" must be at least 1Mi/],
      [resources("{limits: {hugepages-2Mi: 4Mi}}"), /^spec\.agent\.resources: must include cpu or memory/],
    ],
    [
      resources('{requests: {cpu: 1000m}, limits: {cpu: "1"}}'),
      resources("{requests: {memory: 1G}, limits: {memory: 1000Mi}}"),
      resources("{requests: {ephemeral-storage: 1Gi}, limits: {cpu: 1}}"),
      resources("{requests: {memory: 128}, limits: {memory: 0.1Gi}}"),
      resources("{limits: {memory: 0}}"),
      resources("{limits: {example.com/gpu: 2, nvidia.com/GPU_a: 1}}"),
      resources('{requests: {example.com/gpu: 2}, limits: {example.com/gpu: "2"}}'),
      resources("{requests: {a.kubernetes.io/b: 0.5}}"),
      resources("{limits: {memory: 1Gi, hugepages-2Mi: 4Mi}}"),
    ],
  );
});

describe("the securityContext", () => {
  rules(
    [
      [
        context("{privileged: true}"),
        /securityContext\.allowPrivilegeEscalation: must be true with `privileged: true`/,
      ],
      [context("{privileged: true, allowPrivilegeEscalation: false}"), /must be true with `privileged: true`/],
      [context("{capabilities: {add: [CAP_SYS_ADMIN]}}"), /must be true with the capability `CAP_SYS_ADMIN`/],
      [context("{runAsUser: 0}"), /securityContext\.runAsNonRoot: must be false with `runAsUser: 0`/],
      [context("{runAsUser: -1}"), /runAsUser: must be at least 0/],
      [context("{runAsGroup: 2147483648}"), /runAsGroup: must be at most 2147483647/],
      [context("{runAsUser: 1.5}"), /runAsUser: must be an integer/],
      [context("{privileged: yes}"), /privileged: must be true or false, not a string/],
      [context("{priviledged: true}"), /priviledged: unknown field; did you mean "privileged"/],
      [context("{procMount: Custom}"), /procMount: must be `Default` or `Unmasked`/],
      [context("{capabilities: {add: NET_ADMIN}}"), /capabilities\.add: must be a list/],
      [context("{capabilities: {drop: [1]}}"), /capabilities\.drop\[0\]: must be a string/],
      [context("{seccompProfile: {type: Default}}"), /must be `RuntimeDefault`, `Localhost`, or `Unconfined`/],
      [context("{seccompProfile: {type: Localhost}}"), /localhostProfile: is required with `type: Localhost`/],
      [context("{seccompProfile: {localhostProfile: a.json}}"), /localhostProfile: requires `type: Localhost`/],
      [context("{seccompProfile: {type: Localhost, localhostProfile: ../a}}"), /a relative path without/],
      [context("{seccompProfile: {type: null}}"), /seccompProfile\.type: has no value; it must be a string/],
      [
        context("{appArmorProfile: {type: Localhost, localhostProfile: ' a'}}"),
        /must be a name without leading or trailing spaces/,
      ],
      [context("{appArmorProfile: {}}"), /appArmorProfile\.type: is required/],
      [context("{seLinuxOptions: {range: s0}}"), /unknown field; known fields: `level`, `role`, `type`, `user`/],
      [context("{seLinuxOptions: [s0]}"), /seLinuxOptions: must be a mapping, not a list/],
    ],
    [
      context("{privileged: true, allowPrivilegeEscalation: true}"),
      context("{privileged: true, allowPrivilegeEscalation: null}"),
      context("{privileged: false, capabilities: {add: [SYS_ADMIN], drop: null}}"),
      context("{capabilities: {add: [CAP_SYS_ADMIN]}, allowPrivilegeEscalation: true}"),
      context("{runAsUser: 0, runAsNonRoot: false}"),
      context("{runAsUser: 0, runAsNonRoot: null}"),
      context("{runAsUser: 2147483647, runAsGroup: 0, procMount: Unmasked}"),
      context("{seccompProfile: {type: Localhost, localhostProfile: a/b..json}}"),
      context("{seccompProfile: {}}"),
      context("{seccompProfile: null, appArmorProfile: {type: Localhost, localhostProfile: /usr/bin/a}}"),
      context("{seLinuxOptions: {level: 's0:c123', user: null}, readOnlyRootFilesystem: false}"),
    ],
  );
});

describe("the source of a variable", () => {
  const one = /env\[0\]\.valueFrom: must have exactly one of `fieldRef`, `resourceFieldRef`, `configMapKeyRef`/;
  const key = /must be at most 253 letters, digits, `-`, `_`, or `\.`, and must not be/;
  rules(
    [
      [source("{}"), one],
      [source("{fieldRef: {fieldPath: metadata.name}, secretKeyRef: {name: a, key: b}}"), one],
      [source("[]"), /valueFrom: must be a mapping/],
      [source("{fieldPath: metadata.name}"), /env\[0\]\.valueFrom\.fieldPath: unknown field/],
      [source("{fieldRef: {}}"), /fieldRef\.fieldPath: is required/],
      [
        source("{fieldRef: {fieldPath: spec.hostname}}"),
        /must be one of metadata\.name, .* and metadata\.annotations\['KEY'\]$/,
      ],
      [source("{fieldRef: {apiVersion: beta, fieldPath: metadata.name}}"), /apiVersion: must be `v1`/],
      [source("{resourceFieldRef: {resource: cpu}}"), /resource: must be `limits\.RESOURCE` or `requests\.RESOURCE`/],
      [source("{resourceFieldRef: {resource: limits.cpu, divisor: 1Mi}}"), /divisor: must be `1m` or `1` for cpu/],
      [source("{resourceFieldRef: {resource: limits.memory, divisor: 2}}"), /divisor: must be 1 with an optional/],
      [source("{resourceFieldRef: {resource: limits.memory, divisor: {}}}"), /divisor: must be 1 with an optional/],
      [source("{resourceFieldRef: {resource: {}, divisor: 1}}"), /resource: must be a string, not a mapping/],
      [source("{configMapKeyRef: {name: a}}"), /configMapKeyRef\.key: is required/],
      [source("{configMapKeyRef: {name: A, key: b}}"), /configMapKeyRef\.name: must be a DNS subdomain/],
      [source("{secretKeyRef: {name: a, key: ..b}}"), key],
      [source("{secretKeyRef: {name: a, key: b/c}}"), key],
      [source("{secretKeyRef: {name: a, key: b, optional: 1}}"), /optional: must be true or false/],
      [source("{fileKeyRef: {volumeName: a, path: /b, key: c}}"), /path: must be a relative path/],
      [`app: {env: [{name: A, valueFrom: {}}]}`, /^spec\.app\.env\[0\]\.valueFrom: must have exactly one/],
    ],
    [
      source("{fieldRef: {apiVersion: v1, fieldPath: status.hostIPs}}"),
      source("{fieldRef: {fieldPath: \"metadata.labels['app.kubernetes.io/name']\"}}"),
      source("{resourceFieldRef: {containerName: web, resource: requests.hugepages-2Mi, divisor: 1Mi}}"),
      source("{resourceFieldRef: {resource: limits.cpu, divisor: 1m}}"),
      source("{resourceFieldRef: {resource: limits.memory, divisor: 0}}"),
      source("{configMapKeyRef: {name: a.b, key: .b_C, optional: true}}"),
      source("{fileKeyRef: {volumeName: a, path: b/..c, key: D}}"),
    ],
  );
});

describe("a tag from a field of the pod", () => {
  const key = /^spec\.agent\.tags\.t\.fieldPath: must have a valid key in brackets: a name of at most 63 letters/;
  rules(
    [
      [tag("metadata.labels['A/B']"), key],
      [tag("metadata.labels['a/']"), key],
      [tag("metadata.labels['a/b/c']"), key],
      [tag(`metadata.labels['${long(64)}']`), key],
      [tag("metadata.annotations['-a']"), key],
    ],
    [
      tag("metadata.labels['a/B']"),
      tag("metadata.annotations['A/B']"),
      tag(`metadata.labels['${long(253)}/${long(63)}']`),
    ],
  );
});

describe("lists", () => {
  rules(
    [
      [
        agent("env", "[{name: A}, {name: B}, {name: A, value: s3cret}]"),
        /^spec\.agent\.env\[2\]\.name: must be unique, but spec\.agent\.env\[0\] has the same name$/,
      ],
      ["app: {env: [{name: A}, {name: A}]}", /^spec\.app\.env\[1\]\.name: must be unique/],
      ["imagePullSecrets: [{name: a}, {name: a}]", /^spec\.imagePullSecrets\[1\]\.name: must be unique/],
    ],
    ["app: {env: [{name: A}, {name: a}]}, agent: {env: [{name: A}]}", "imagePullSecrets: [{name: a}, {name: b}]"],
  );
});

describe("annotations", () => {
  const size = 256 * 1024;
  const annotations = (field: string, length: number, end = "") =>
    `${field}: {annotations: {a: "${"ä".repeat(length / 2 - 1)}b${end}"}}`;
  const tooLong = (field: string) => new RegExp(`^spec\\.${field}\\.annotations: must have at most 256 KiB`);
  rules(
    [
      [annotations("pod", size + 2), tooLong("pod")],
      [annotations("podMonitor", size + 2), tooLong("podMonitor")],
    ],
    // The variable may stand for a shorter text.
    [annotations("pod", size), annotations("pod", size, "{namespace}")],
  );
});

describe("an issuer", () => {
  const messagesFor = (type: string, issuerRef: string) =>
    messagesOf(
      yaml(
        `${head}spec: {selector: {}, collector: {endpoint: "c:1", tls: {clientCertificate: {${type}: {issuerRef: ${issuerRef}}}}}}`,
      ),
    );
  const message =
    /issuerRef\.kind: must be `Issuer` or `ClusterIssuer` in the group cert-manager\.io, not "Vault"; for an/;
  for (const type of ["certManager", "csi"]) {
    for (const issuerRef of ["{name: a, kind: Vault}", "{name: a, kind: Vault, group: cert-manager.io}"])
      it(`of ${type} can't be ${issuerRef}`, () => assert.match(messagesFor(type, issuerRef).join("\n"), message));
    for (const issuerRef of ["{name: a, kind: ClusterIssuer}", "{name: a, kind: Any, group: example.com}"])
      it(`of ${type} can be ${issuerRef}`, () => assert.deepEqual(messagesFor(type, issuerRef), []));
  }
});

it("a message never quotes the value of a header, which was written into its name or key", () => {
  const header = "{name: 'x-api-key: s3cret', secretKeyRef: {name: 's3cret=', key: 's3cret='}}";
  const inline = "{name: x-api-key, value: s3cret}";
  const messages = messagesOf(withSpec(`agent: {headersFrom: [${header}, ${inline}, {'a:s3cret': null}]}`));
  assert.match(messages.join("\n"), /^spec\.agent\.headersFrom\[0\]\.name: must be a header name/m);
  assert.doesNotMatch(messages.join("\n"), /s3cret/);
});

it("a message never quotes the value of a variable", () => {
  const messages = messagesOf(
    withSpec(
      "agent: {env: [{name: A, valueFrom: {'a:s3cret': null}}, {name: B, valueFrom: {fieldRef: {fieldPath: s3cret}}}]}",
    ),
  );
  assert.equal(messages.length, 2);
  assert.doesNotMatch(messages.join("\n"), /s3cret/);
});
