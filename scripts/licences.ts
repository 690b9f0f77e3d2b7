import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package whose code is in the bundle. */
export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  /** The SPDX expression in its package.json. */
  readonly license: string;
}

/** A package whose code is in the bundle, with its license. */
export interface BundledPackage extends ListedPackage {
  /** The text of its license file, and of its notice if it has one. */
  readonly text: string;
}

/** esbuild's metafile, restricted to what shows the content of the bundle. */
export interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

/**
 * Returns the packages in a bundle, according to esbuild's metafile: those with at least one byte in an output.
 *
 * @param root the folder that the metafile's paths are relative to.
 * @throws Error if a package has no license, or no license text. It must not be shipped.
 */
export function bundledPackages({ outputs }: Metafile, root: string): BundledPackage[] {
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = new Set(
    inputs.flatMap(([path, { bytesInOutput }]) => {
      // The last node_modules folder in the path: a package can contain others.
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      return folder === undefined || bytesInOutput === 0 ? [] : [folder];
    }),
  );
  return [...folders].sort().map((folder) => readPackage(join(root, folder)));
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)(?:\.\w+)?$/i.test(entry));
  if (typeof license !== "string") throw new Error(`${name} is bundled, but its package.json has no license`);
  if (file === undefined) throw new Error(`${name} is bundled, but has no license file`);
  const notice = readdirSync(folder).find((entry) => /^notice(?:\.\w+)?$/i.test(entry));
  const texts = [file, ...(notice === undefined ? [] : [notice])].map((entry) =>
    readFileSync(join(folder, entry), "utf8"),
  );
  return { name, version, license, text: texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n") };
}

/** Returns the text of THIRD-PARTY-LICENSES.txt. */
export function thirdPartyLicences(packages: readonly BundledPackage[]): string {
  const list = packages.map(({ name, version, license }) => `- ${name} ${version}, ${license}`);
  const texts = packages.map(({ name, version, text }) => `${rule}\n${name} ${version}\n${rule}\n\n${text}\n`);
  return [`The bundle holds code of these packages:\n\n${list.join("\n")}\n`, ...texts].join("\n");
}

/** Reads the list of packages in a THIRD-PARTY-LICENSES.txt. */
export function listedPackages(text: string): ListedPackage[] {
  return [...text.matchAll(/^- (\S+) (\S+), (.+)$/gm)].map(([, name = "", version = "", license = ""]) => ({
    name,
    version,
    license,
  }));
}

/** Licenses of code that can be bundled: they require that their text is included, and nothing else. */
export const allowedLicences = /^(?:MIT|Apache-2\.0|BSD-[23]-Clause|ISC|0BSD)$/;

const rule = "=".repeat(80);
