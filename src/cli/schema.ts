import { nearest } from "../config/did-you-mean";
import privateCa from "../config/generated/private-ca/text";
import tracingSidecar from "../config/generated/tracing-sidecar/text";
import { type Command, type Given, UsageError } from "./options";
import type { System } from "./system";

export const schemaCommand: Command = { positionals: true, options: { help: { short: "h" } } };

const schemas: Readonly<Record<string, string>> = { TracingSidecar: tracingSidecar, PrivateCA: privateCa };

/** Prints the JSON Schema of a kind of configuration, for editors. */
export function schema({ positionals: [kind = "TracingSidecar", ...others] }: Given, host: System): number {
  const text = others.length > 0 ? undefined : schemas[kind];
  if (text === undefined) {
    const near = nearest(kind, Object.keys(schemas));
    const meant = near === undefined || near === kind ? "" : `; did you mean "${near}"?`;
    throw new UsageError(`the schema must be that of one kind, ${Object.keys(schemas).join(" or ")}${meant}`);
  }
  host.stdout.write(text);
  return 0;
}
