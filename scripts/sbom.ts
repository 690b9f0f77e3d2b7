import type { ListedPackage } from "./licences";

/*
 * npm's SBOM describes every installed package, including those for building and testing. The functions here keep only the
 * bundled ones, and make the rest of the document reproducible.
 */

/** What identifies a document. It must be the same in every run on the same content. */
export interface Stamp {
  /** ISO 8601, to the second: the time of the commit. */
  readonly created: string;
  /** Identifies the content, such as the hash of the commit. */
  readonly id: string;
}

/** SPDX 2.3, restricted to what npm writes and is changed here. */
interface Spdx {
  documentNamespace: string;
  creationInfo: { created: string };
  documentDescribes: string[];
  packages: { SPDXID: string; name: string; versionInfo: string }[];
  relationships: { spdxElementId: string; relatedSpdxElement: string; relationshipType: string }[];
}

/**
 * Reduces npm's SPDX document to the bundled packages, which the project contains.
 *
 * @param json what `npm sbom` prints.
 * @throws Error if npm doesn't list a bundled package.
 */
export function spdxOfBundle(json: string, bundled: readonly ListedPackage[], stamp: Stamp): string {
  const document = JSON.parse(json) as Spdx;
  const [own = ""] = document.documentDescribes;
  const packages = document.packages.filter(
    ({ SPDXID, name, versionInfo }) => SPDXID === own || isBundled(name, versionInfo, bundled),
  );
  requireAll(packages.length - 1, bundled);
  const contained = packages.filter(({ SPDXID }) => SPDXID !== own);
  return print({
    ...document,
    documentNamespace: `https://spdx.org/spdxdocs/${own}-${stamp.id}`,
    creationInfo: { ...document.creationInfo, created: stamp.created },
    packages,
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relatedSpdxElement: own, relationshipType: "DESCRIBES" },
      ...contained.map(({ SPDXID }) => ({
        spdxElementId: own,
        relatedSpdxElement: SPDXID,
        relationshipType: "CONTAINS",
      })),
    ],
  });
}

/** CycloneDX 1.5, restricted to what npm writes and is changed here. */
interface CycloneDx {
  serialNumber?: string;
  metadata: { timestamp: string; component: { "bom-ref": string; name: string } };
  components: { "bom-ref": string; name: string; version: string; scope?: string; properties?: { name: string }[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/**
 * Reduces npm's CycloneDX document to the bundled packages.
 *
 * @param json what `npm sbom` prints.
 * @throws Error if npm doesn't list a bundled package.
 */
export function cycloneDxOfBundle(json: string, bundled: readonly ListedPackage[], stamp: Stamp): string {
  const { serialNumber, ...document } = JSON.parse(json) as CycloneDx;
  const components = document.components
    .filter(({ name, version }) => isBundled(name, version, bundled))
    // For npm they are development dependencies, since the bundle doesn't need them to be installed.
    .map(({ scope, properties = [], ...component }) => ({
      ...component,
      scope: "required",
      properties: properties.filter(({ name }) => name !== "cdx:npm:package:development"),
    }));
  requireAll(components.length, bundled);
  const { component } = document.metadata;
  const own = component["bom-ref"];
  return print({
    ...document,
    // npm uses the folder's name.
    metadata: {
      ...document.metadata,
      timestamp: stamp.created,
      component: { ...component, name: own.replace(/@.*/, "") },
    },
    components,
    dependencies: [{ ref: own, dependsOn: components.map((dependency) => dependency["bom-ref"]) }],
  });
}

function isBundled(name: string, version: string, bundled: readonly ListedPackage[]): boolean {
  return bundled.some((entry) => entry.name === name && entry.version === version);
}

function requireAll(found: number, bundled: readonly ListedPackage[]): void {
  if (found !== bundled.length)
    throw new Error(`npm knows ${found} of the ${bundled.length} packages that are bundled`);
}

function print(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
