import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { head, messagesOf, yaml } from "../support/sidecar-config";

const path = "spec.collector.tls.clientCertificate.certManager";

/** Returns what is wrong with a patch and other fields of `certManager`. */
function problems(patch: string, fields = ""): string[] {
  const certManager = `certManager: {issuerRef: {name: ca}, ${fields === "" ? "" : `${fields}, `}patch: ${patch}}`;
  const tls = `tls: {clientCertificate: {${certManager}}}`;
  return messagesOf(yaml(`${head}spec: {selector: {}, collector: {endpoint: "collector:443", ${tls}}}`));
}

describe("a patch of a Certificate accepts", () => {
  const valid: readonly (readonly [patch: string, fields?: string])[] = [
    ["{}"],
    ["{subject: {organizations: [shop], countries: [DE], serialNumber: '5'}}"],
    ["{secretTemplate: {labels: {team: shop, app.kubernetes.io/managed-by: null}, annotations: {a.io/b: 'c d'}}}"],
    ["{secretTemplate: {labels: {team: '{namespace}.{name}'}}}"],
    ["{secretTemplate: {annotations: {cert-manager.io/allow-direct-injection: 'true'}}}"],
    ["{secretTemplate: null, usages: null}"],
    ["{renewBeforePercentage: 1}", "duration: 1h"],
    ["{renewBeforePercentage: 91}", "duration: 1h"],
    ["{renewBeforePercentage: 99}"],
    ["{usages: [any]}"],
    ["{usages: [client auth, server auth]}"],
    ["{usages: [digital signature]}"],
    ["{signatureAlgorithm: SHA512WithRSA}"],
    ["{signatureAlgorithm: ECDSAWithSHA256}", "privateKey: {algorithm: ECDSA}"],
    ["{signatureAlgorithm: PureEd25519}", "privateKey: {algorithm: Ed25519}"],
    [
      "{ipAddresses: [10.0.0.1, 255.200.0.19, '::', '::1', '1:2:3:4:5:6:7:8', 'fd00::ffff:10.0.0.1'], emailAddresses: [a@b.c, 'a.b+c@d', 'a@[10.0.0.1]']}",
    ],
    ["{otherNames: [{oid: 1.3.6.1, utf8Value: web}]}"],
    ["{additionalOutputFormats: [{type: DER}, {type: CombinedPEM}], encodeUsagesInRequest: false}"],
    ["{keystores: {pkcs12: {create: true, profile: Modern2023, passwordSecretRef: {name: a, key: b}}}}"],
    ["{renewal: {policy: RenewBefore, windows: [{windowDuration: 2h, cron: 0 2 * * *}]}}"],
  ];
  for (const [patch, fields] of valid)
    it(`${patch} ${fields ?? ""}`, () => assert.deepEqual(problems(patch, fields), []));
});

describe("a patch of a Certificate reports", () => {
  const invalid: readonly (readonly [patch: string, fields: string, ...messages: string[]])[] = [
    ...["commonName", "uris", "dnsNames", "secretName", "issuerRef", "duration", "renewBefore", "privateKey"].map(
      (name) => [`{${name}: x}`, "", `${name}: must be omitted: set \`${path}.${name}\` instead`] as const,
    ),
    ["{isCA: false}", "", "isCA: must be omitted: an agent's certificate isn't a CA. To add a CA, use a PrivateCA"],
    ["{nameConstraints: {}}", "", "nameConstraints: must be omitted: only a CA's certificate has name constraints"],
    [
      "{metadata: {}}",
      "",
      `metadata: must be omitted: \`patch\` changes only the Certificate's \`spec\`. Set \`${path}.name\`, \`labels\`, and \`annotations\` instead`,
    ],
    ["{spec: {}}", "", "spec: must be omitted: the fields of the Certificate's `spec` are directly in `patch`"],
    ["{subjects: {}}", "", 'subjects: unknown field; did you mean "subject"?'],
    ["{subject: {organization: []}}", "", 'subject.organization: unknown field; did you mean "organizations"?'],
    ["{subject: null}", "", "subject: has no value; it must be a mapping. For an empty one, use `{}`"],
    ["{subject: {organizations: shop}}", "", "subject.organizations: must be a list, not a string"],
    ["{subject: {countries: [1]}}", "", "subject.countries[0]: must be a string, not a number: put it in quotes"],
    ["{renewBeforePercentage: 0}", "", "renewBeforePercentage: must be at least 1"],
    ["{renewBeforePercentage: 100}", "", "renewBeforePercentage: must be at most 99"],
    ["{renewBeforePercentage: 1.5}", "", "renewBeforePercentage: must be an integer"],
    [
      "{renewBeforePercentage: 92}",
      "duration: 1h",
      "renewBeforePercentage: must leave at least 5m between renewal and expiry",
    ],
    [
      "{renewBeforePercentage: 50}",
      "renewBefore: 1h",
      `renewBeforePercentage: can't be used together with \`${path}.renewBefore\`. Remove one of them`,
    ],
    ["{revisionHistoryLimit: 0}", "", "revisionHistoryLimit: must be at least 1"],
    [
      "{usages: [server auth]}",
      "",
      "usages: must contain `client auth`: without it, the collector rejects the agent's certificate",
    ],
    [
      "{signatureAlgorithm: SHA256WithRSA}",
      "privateKey: {algorithm: ECDSA}",
      "signatureAlgorithm: must match the key's algorithm, ECDSA",
    ],
    ["{signatureAlgorithm: PureEd25519}", "", "signatureAlgorithm: must match the key's algorithm, RSA"],
    ["{ipAddresses: [300.0.0.1]}", "", "ipAddresses[0]: must be an IP address"],
    ["{ipAddresses: [1.2.3]}", "", "ipAddresses[0]: must be an IP address"],
    ["{ipAddresses: [01.2.3.4]}", "", "ipAddresses[0]: must be an IP address"],
    ["{ipAddresses: [':::']}", "", "ipAddresses[0]: must be an IP address"],
    ["{ipAddresses: ['1:2:3:4:5:6:7:8:9']}", "", "ipAddresses[0]: must be an IP address"],
    ["{ipAddresses: ['fe80::1%eth0']}", "", "ipAddresses[0]: must be an IP address"],
    ["{emailAddresses: [web]}", "", "emailAddresses[0]: must be an email address"],
    ["{emailAddresses: [a.b@c, a..b@c]}", "", "emailAddresses[1]: must be an email address"],
    ["{emailAddresses: ['a,b@c']}", "", "emailAddresses[0]: must be an email address"],
    ["{otherNames: [{oid: 1.3.6}]}", "", "otherNames[0].utf8Value: is required"],
    ["{additionalOutputFormats: [{type: PEM}]}", "", "additionalOutputFormats[0].type: must be `DER` or `CombinedPEM`"],
    [
      "{additionalOutputFormats: [{type: DER}, {type: CombinedPEM}, {type: DER}]}",
      "",
      "additionalOutputFormats: must contain each type at most once",
    ],
    [
      "{keystores: {jks: {create: true, passwordSecretRef: {name: a}}}}",
      "",
      "keystores.jks.passwordSecretRef.key: is required",
    ],
    ["{keystores: {jks: {create: true, password: ''}}}", "", "keystores.jks.password: must be a non-empty string"],
    [
      "{keystores: {jks: {create: true}}}",
      "",
      "keystores.jks: must have exactly one of `password` and `passwordSecretRef`",
    ],
    [
      "{renewal: {policy: Disabled, windows: [{windowDuration: 2h, cron: 0 2 * * *}]}}",
      "",
      "renewal.windows: must be omitted with `policy: Disabled`",
    ],
    [
      "{renewal: {policy: RenewBefore, windows: [{windowDuration: 1d, cron: 0 2 * * *}]}}",
      "",
      "renewal.windows[0].windowDuration: must be a duration such as `2h` or `1h30m`",
    ],
    [
      "{secretTemplate: {labels: {team: a b}}}",
      "",
      'secretTemplate.labels.team: must be a label value: at most 63 letters, digits, "-", "_", or ".", starting and ending with a letter or digit, or empty',
    ],
    [
      "{subject: {organizations: ['{nmae}']}}",
      "",
      "subject.organizations[0]: unknown variable `{nmae}`; did you mean `{name}`? For the literal text, write `\\{nmae}`",
    ],
  ];
  for (const [patch, fields, ...messages] of invalid)
    it(`${patch} ${fields}`, () =>
      assert.deepEqual(
        problems(patch, fields),
        messages.map((message) => `${path}.patch.${message}`),
      ));

  it("no text that may be a secret", () => {
    const found = problems("{keystores: {jks: {create: hunter2, password: [hunter2], hunter2: }}, 'hunter2 x': 1}");
    assert.equal(found.length, 4);
    assert.doesNotMatch(found.join("\n"), /hunter2/);
  });

  it("an annotation that belongs to cert-manager", () => {
    const [found, ...others] = problems("{secretTemplate: {annotations: {cert-manager.io/common-name: web}}}");
    assert.match(
      found ?? "",
      /annotations\.?\["cert-manager.io\/common-name"\]: the key must be .*not start with "cert-manager.io\/"/,
    );
    assert.deepEqual(others, []);
  });
});
