import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { otelcol } from "../collector/support";
import { lacks } from "../hosts/support";
import { type ControlPlane, startControlPlane } from "./control-plane";
import { lacksNode, startNode } from "./kubelet";
import { type ClusterProgram, lacksPrograms } from "./programs";
import { imagePrograms, publishedImages } from "./published-images";

/*
 * A cluster with cert-manager and a node, which has the published images that the examples use.
 */

/** The controllers that create pods, and what pods and Services need. */
const controllers = [
  ...["deployment-controller", "replicaset-controller", "endpointslice-controller"],
  ...["serviceaccount-controller", "root-ca-certificate-publisher-controller"],
];

/** The definitions of what cert-manager's controllers watch, in addition to what the function writes. */
const certManagerDefinitions = ["cert-manager.io_certificaterequests", "cert-manager.io_issuers"];

/** A running cluster. */
export interface Cluster {
  readonly plane: ControlPlane;
  /** The address of this machine, as the pods see it. */
  readonly address: string;
  /** Runs kubectl, which must succeed, and returns its output. */
  kubectl(args: readonly string[], input?: string): string;
}

/** What a cluster is started with. */
interface ClusterOptions {
  /** The namespace in which cert-manager looks for the Secrets of ClusterIssuers. */
  readonly issuers: string;
  /** The file with the only root certificates that the images trust. If omitted, they trust none. */
  readonly roots?: string;
  /** Additional CustomResourceDefinitions, as for `startControlPlane`. */
  readonly definitions?: readonly string[];
  /** The names of the published images that the pods use. Default: all. */
  readonly images?: readonly string[];
}

/**
 * Returns true and skips the test if this machine can't run a cluster, or lacks programs that the test needs. If CI is set,
 * the test fails instead.
 */
export function lacksCluster(t: TestContext, ...others: readonly ClusterProgram[]): boolean {
  const programs: readonly ClusterProgram[] = [
    ...(["etcd", "kube-apiserver", "kube-controller-manager", "cert-manager-controller"] as const),
    ...(["kubelet", "containerd"] as const),
  ];
  return (
    lacksPrograms(t, ...programs, ...imagePrograms, ...others) ||
    lacksNode(t) ||
    lacks(t, otelcol, "kubectl", "openssl")
  );
}

/** Starts a cluster. It stops at the end of the test. */
export async function startCluster(
  t: TestContext,
  { issuers, roots, definitions = [], images }: ClusterOptions,
): Promise<Cluster> {
  const plane = await startControlPlane(t, [...certManagerDefinitions, ...definitions]);
  plane.startControllers(...controllers);
  plane.startCertManager(issuers);
  const { address } = await startNode(t, { plane, images: publishedImages(roots, images) });
  const kubectl = (args: readonly string[], input?: string) => {
    const { status, stdout, stderr } = plane.kubectl(args, input);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  return { plane, address, kubectl };
}
