import { runTask } from "./engine";
import type { OutcomeMessage, TaskMessage } from "./protocol";

/*
 * The Web Worker: runs tracing-sidecar, so that the page stays responsive.
 */

/** The part of a worker's global scope that this file uses. The library of types for workers conflicts with the page's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<TaskMessage>) => void) | null;
  postMessage(message: OutcomeMessage): void;
}

const scope = self as unknown as WorkerScope;

scope.onmessage = ({ data: { id, task } }) => {
  try {
    scope.postMessage({ id, outcome: runTask(task) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ id, outcome: { kind: "failure", message } });
  }
};
