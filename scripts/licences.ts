import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package of which something is in the bundle. */
export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package says it. */
  readonly license: string;
}

export interface BundledPackage extends ListedPackage {
  /** The text of its licence file. */
  readonly text: string;
}

/** As much of esbuild's metafile as says what went into the bundle. */
export interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

/**
 * The packages in a bundle, by esbuild's own account of it: those of which at least one byte is in an output. A package
 * without a licence, or without its text, throws: it must not be shipped.
 *
 * @param root the folder that the metafile's paths start from.
 */
export function bundledPackages({ outputs }: Metafile, root: string): BundledPackage[] {
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = new Set(
    inputs.flatMap(([path, { bytesInOutput }]) => {
      // The last one: a package can have packages of its own.
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      return folder === undefined || bytesInOutput === 0 ? [] : [folder];
    }),
  );
  return [...folders].sort().map((folder) => readPackage(join(root, folder)));
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)(?:\.\w+)?$/i.test(entry));
  if (typeof license !== "string") throw new Error(`${name} is bundled and says no licence`);
  if (file === undefined) throw new Error(`${name} is bundled and has no text of its licence`);
  const notice = readdirSync(folder).find((entry) => /^notice(?:\.\w+)?$/i.test(entry));
  const texts = [file, ...(notice === undefined ? [] : [notice])].map((entry) =>
    readFileSync(join(folder, entry), "utf8"),
  );
  return { name, version, license, text: texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n") };
}

/** The text of THIRD-PARTY-LICENSES.txt. */
export function thirdPartyLicences(packages: readonly BundledPackage[]): string {
  const list = packages.map(({ name, version, license }) => `- ${name} ${version}, ${license}`);
  const texts = packages.map(({ name, version, text }) => `${rule}\n${name} ${version}\n${rule}\n\n${text}\n`);
  return [`The bundle holds code of these packages:\n\n${list.join("\n")}\n`, ...texts].join("\n");
}

/** The packages that a THIRD-PARTY-LICENSES.txt lists. */
export function listedPackages(text: string): ListedPackage[] {
  return [...text.matchAll(/^- (\S+) (\S+), (.+)$/gm)].map(([, name = "", version = "", license = ""]) => ({
    name,
    version,
    license,
  }));
}

/** Licences under which code may be part of what is shipped here: they ask for their text, and for no more. */
export const allowedLicences = /^(?:MIT|Apache-2\.0|BSD-[23]-Clause|ISC|0BSD)$/;

const rule = "=".repeat(80);
