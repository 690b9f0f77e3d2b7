import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { certManagerOf } from "../../src/config/configuration";
import { type Phase, phaseOf, waveOf } from "../../src/plan/apply-order";
import { certificate } from "../../src/plan/objects/certificate";
import { ownershipOf } from "../../src/plan/objects/metadata";
import { get, type Mapping } from "../../src/yaml/value";
import { articleConfiguration, deployment, expanded, withCollector } from "../support/article";
import { select } from "../support/selection";

/* When Helm and Argo CD apply a workload, compared with its Certificate. */

const argo = "argocd.argoproj.io/hook";
const helm = "helm.sh/hook";
const wave = "argocd.argoproj.io/sync-wave";

describe("the phase of an object", () => {
  const cases: [Record<string, string>, Phase][] = [
    [{}, 0],
    [{ [argo]: "PreSync" }, -1],
    [{ [argo]: "Sync" }, 0],
    [{ [argo]: "PostSync" }, 1],
    [{ [argo]: "SyncFail" }, 1],
    [{ [argo]: "PostDelete" }, 1],
    [{ [argo]: "Skip" }, 0],
    // Argo CD compares the case, and Helm doesn't.
    [{ [argo]: "presync" }, 0],
    [{ [argo]: "PostSync, PreSync" }, -1],
    [{ [helm]: "pre-install" }, -1],
    [{ [helm]: "post-install, PRE-UPGRADE" }, -1],
    [{ [helm]: "pre-rollback" }, -1],
    [{ [helm]: "pre-delete" }, 1],
    [{ [helm]: "test" }, 1],
    [{ [helm]: "crd-install" }, 0],
    [{ [argo]: "PostSync", [helm]: "pre-install" }, -1],
    [{ [argo]: "PreSync", [helm]: "post-install" }, -1],
    [{ [argo]: "" }, 0],
  ];
  for (const [annotations, expected] of cases) {
    test(`${JSON.stringify(annotations)}: ${expected}`, () => assert.equal(phaseOf(annotations), expected));
  }
});

describe("the sync wave of an object", () => {
  const cases: [string | undefined, number][] = [
    [undefined, 0],
    ["-5", -5],
    ["+5", 5],
    ["007", 7],
    ["first", 0],
    ["1.5", 0],
    ["", 0],
  ];
  for (const [value, expected] of cases) {
    test(`${value}: ${expected}`, () => assert.equal(waveOf(value === undefined ? {} : { [wave]: value }), expected));
  }
});

test("the sync wave is the weight of a hook if there is no valid wave", () => {
  const weight = "helm.sh/hook-weight";
  assert.equal(waveOf({ [weight]: "3" }), 3);
  assert.equal(waveOf({ [weight]: "3", [wave]: "first" }), 3);
  assert.equal(waveOf({ [weight]: "3", [wave]: "-1" }), -1);
  assert.equal(waveOf({ [weight]: "heavy" }), 0);
});

const certManager = certManagerOf(articleConfiguration);
assert.ok(certManager !== undefined);
const withAnnotations = (annotations: Record<string, string>) =>
  withCollector({ tls: { clientCertificate: { certManager: { ...certManager, annotations } } } });

describe("a hook that runs before its Certificate", () => {
  const hook = (annotations: Mapping) => deployment({ metadata: { annotations } });

  for (const annotation of [argo, helm]) {
    const workload = hook({ [annotation]: annotation === argo ? "PreSync" : "pre-install" });

    test(`is skipped: ${annotation}`, () => {
      const selection = select(workload, articleConfiguration);
      assert.ok(selection.outcome === "skipped");
      assert.equal(selection.code, "skipped-hook");
      assert.match(
        selection.reason,
        new RegExp(`^it is a hook \\(${annotation}\\) .* csi or secretName .*inject: "false"$`),
      );
    });

    test(`gets the agent if the certificate doesn't come from a Certificate: ${annotation}`, () => {
      for (const tls of [{ clientCertificate: { secretName: "client" } }, {}])
        assert.deepEqual(select(workload, withCollector({ tls })), { outcome: "selected" });
    });

    test(`gets the agent if its Certificate is such a hook too: ${annotation}`, () => {
      assert.deepEqual(select(workload, withAnnotations({ [argo]: "PreSync" })), { outcome: "selected" });
    });
  }

  test("but not one that runs after it", () => {
    for (const annotations of [
      { [argo]: "PostSync" },
      { [argo]: "Sync" },
      { [helm]: "post-install" },
      { [helm]: "test" },
    ])
      assert.deepEqual(select(hook(annotations), articleConfiguration), { outcome: "selected" });
  });
});

describe("a Certificate", () => {
  const waveFor = (annotations: Record<string, string>, configured: Record<string, string> = {}) => {
    const configuration = expanded(withAnnotations(configured));
    const workload = deployment({ metadata: { annotations } });
    return get(
      certificate(configuration, workload, ownershipOf(configuration, workload), undefined),
      "metadata",
      "annotations",
      wave,
    );
  };

  test("has the sync wave of its workload", () => {
    assert.equal(waveFor({ [wave]: "-5" }), "-5");
    assert.equal(waveFor({ [wave]: "-5", [argo]: "Sync" }), "-5");
    assert.equal(waveFor({}), undefined);
    assert.equal(waveFor({ "helm.sh/hook-weight": "-5" }), "-5");
    assert.equal(waveFor({ "helm.sh/hook-weight": "-5" }, { "helm.sh/hook-weight": "-9" }), undefined);
  });

  test("has the configured wave", () => assert.equal(waveFor({ [wave]: "-5" }, { [wave]: "-9" }), "-9"));

  test("doesn't have the wave of another phase", () => {
    assert.equal(waveFor({ [wave]: "-5", [argo]: "PostSync" }), undefined);
    assert.equal(waveFor({ [wave]: "-5", [argo]: "PreSync" }, { [argo]: "PreSync" }), "-5");
  });

  test("doesn't have a wave that Argo CD ignores", () => {
    for (const ignored of ["first", ""]) assert.equal(waveFor({ [wave]: ignored }), undefined);
  });
});
