/*
 * Modules that the build makes (scripts/site/playground.ts).
 */

declare module "playground:examples" {
  import type { SourceFile } from "./protocol";

  /** Files of examples/, with their configuration. */
  interface Example {
    readonly id: string;
    readonly title: string;
    readonly files: readonly SourceFile[];
    readonly configuration: string;
  }
  const examples: readonly Example[];
  export default examples;
}

declare module "playground:starter" {
  /** The configuration for the user's own manifests. */
  const starter: string;
  export default starter;
}

declare module "playground:worker" {
  /** The bundled source of worker.ts. */
  const source: string;
  export default source;
}
