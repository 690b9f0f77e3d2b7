import { nearest } from "../config/did-you-mean";
import privateCa from "../config/generated/private-ca/text";
import tracingSidecar from "../config/generated/tracing-sidecar/text";
import { type ParsedArguments, UsageError } from "./parse-arguments";
import type { System } from "./system";

/** The JSON Schemas, by kind. */
export const schemas: Readonly<Record<string, string>> = { TracingSidecar: tracingSidecar, PrivateCA: privateCa };

/**
 * The subcommand `schema`: prints the JSON Schema of a kind of configuration.
 *
 * @returns the exit status.
 * @throws UsageError for an unknown kind, or more than one.
 */
export function schema({ positionals: [kind = "TracingSidecar", ...others] }: ParsedArguments, system: System): number {
  const text = others.length === 0 && Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
  if (text === undefined) {
    const kinds = Object.keys(schemas).join(" or ");
    if (others.length > 0) throw new UsageError(`schema accepts only one kind: ${kinds}`);
    const near = nearest(kind, Object.keys(schemas));
    if (near === undefined) throw new UsageError(`unknown kind "${kind}": use ${kinds}`);
    throw new UsageError(`unknown kind "${kind}"; did you mean "${near}"?`, "");
  }
  system.stdout.write(text);
  return 0;
}
