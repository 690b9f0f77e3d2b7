import type { ListedPackage } from "./licences";

/*
 * npm describes the whole tree of packages, with those that build and test. What is shipped holds a few of them: these
 * functions keep those, and make the rest depend on nothing but the content.
 */

/** When and as what a document counts as made: it must not differ between two runs over the same content. */
export interface Stamp {
  /** ISO 8601, to the second: the time of the commit. */
  readonly created: string;
  /** Something that names the content, such as the commit. */
  readonly id: string;
}

/** As much of SPDX 2.3 as npm writes. */
interface Spdx {
  documentNamespace: string;
  creationInfo: { created: string };
  documentDescribes: string[];
  packages: { SPDXID: string; name: string; versionInfo: string }[];
  relationships: { spdxElementId: string; relatedSpdxElement: string; relationshipType: string }[];
}

/** npm's SPDX document with what is bundled alone: the project contains it. */
export function spdxOfBundle(json: string, bundled: readonly ListedPackage[], stamp: Stamp): string {
  const document = JSON.parse(json) as Spdx;
  const [own = ""] = document.documentDescribes;
  const packages = document.packages.filter(
    (one) => one.SPDXID === own || isBundled(one.name, one.versionInfo, bundled),
  );
  mustBeAll(packages.length - 1, bundled);
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

/** As much of CycloneDX 1.5 as npm writes. */
interface CycloneDx {
  serialNumber?: string;
  metadata: { timestamp: string; component: { "bom-ref": string; name: string } };
  components: { "bom-ref": string; name: string; version: string; scope?: string; properties?: { name: string }[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/** npm's CycloneDX document with what is bundled alone. */
export function cycloneDxOfBundle(json: string, bundled: readonly ListedPackage[], stamp: Stamp): string {
  const { serialNumber, ...document } = JSON.parse(json) as CycloneDx;
  const components = document.components
    .filter((one) => isBundled(one.name, one.version, bundled))
    // To npm they are there for the development only, since the bundle needs none of them beside it.
    .map(({ scope, properties = [], ...one }) => ({
      ...one,
      scope: "required",
      properties: properties.filter(({ name }) => name !== "cdx:npm:package:development"),
    }));
  mustBeAll(components.length, bundled);
  const { component } = document.metadata;
  const own = component["bom-ref"];
  return print({
    ...document,
    // npm takes the name of the folder.
    metadata: {
      ...document.metadata,
      timestamp: stamp.created,
      component: { ...component, name: own.replace(/@.*/, "") },
    },
    components,
    dependencies: [{ ref: own, dependsOn: components.map((one) => one["bom-ref"]) }],
  });
}

function isBundled(name: string, version: string, bundled: readonly ListedPackage[]): boolean {
  return bundled.some((one) => one.name === name && one.version === version);
}

function mustBeAll(found: number, bundled: readonly ListedPackage[]): void {
  if (found !== bundled.length)
    throw new Error(`npm knows ${found} of the ${bundled.length} packages that are bundled`);
}

function print(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
