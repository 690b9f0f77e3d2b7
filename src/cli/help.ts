/** What the subcommands print for `--help`. */
export const commandHelp = {
  schema: `Usage: tracing-sidecar schema [TracingSidecar|PrivateCA]

Prints the JSON Schema of a configuration, by which editors complete and check it:

  tracing-sidecar schema > tracing.schema.json

The first line of the configuration then names that file:

  # yaml-language-server: $schema=tracing.schema.json
`,
} as const;
