import { run } from "../../src/pipeline/run";

/*
 * A Web Worker that runs the function on whole ResourceLists. fixtures.test.ts bundles it as the playground's worker is.
 */

const scope = self as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage(message: ReturnType<typeof run>): void;
};

scope.onmessage = ({ data }) => scope.postMessage(run(data));
