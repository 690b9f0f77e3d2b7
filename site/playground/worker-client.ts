import type { Failure, Outcome, OutcomeMessage, Run, RunResult, Task, TaskMessage } from "./protocol";

/** How long a run can go on when there is newer input, in milliseconds. */
const patience = 3000;

type Settle = (outcome: Outcome | Failure) => void;

/**
 * Runs tasks in a Web Worker. Only the newest run matters: one that is waiting is dropped, and one that takes long is stopped
 * with its worker. A worker that crashes is replaced.
 */
export class WorkerClient {
  readonly #start: () => Worker;
  readonly #onRun: (outcome: RunResult | Failure, isNewest: boolean) => void;
  #worker: Worker | undefined;
  #nextId = 0;
  readonly #waiting = new Map<number, Settle>();
  #running: { readonly id: number; readonly since: number } | undefined;
  #newest: Run | undefined;
  #timer: number | undefined;

  /**
   * @param start creates a worker.
   * @param onRun called with the outcome of each run that isn't dropped, and whether no newer run waits.
   */
  constructor(start: () => Worker, onRun: (outcome: RunResult | Failure, isNewest: boolean) => void) {
    this.#start = start;
    this.#onRun = onRun;
  }

  /** Runs the newest input as soon as possible. */
  run(task: Run): void {
    this.#newest = task;
    if (this.#running === undefined) this.#runNewest();
    else this.#timer ??= window.setTimeout(() => this.#stopSlowRun(), this.#running.since + patience - Date.now());
  }

  /** Runs another task, after the current run. */
  request(task: Task): Promise<Outcome | Failure> {
    return new Promise((settle) => this.#send(task, settle));
  }

  #runNewest(): void {
    const task = this.#newest;
    if (task === undefined) return;
    this.#newest = undefined;
    const id = this.#send(task, (outcome) => {
      this.#endRun();
      if (outcome.kind !== "find-secrets") this.#onRun(outcome, this.#newest === undefined);
      this.#runNewest();
    });
    this.#running = { id, since: Date.now() };
  }

  #endRun(): void {
    this.#running = undefined;
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #stopSlowRun(): void {
    // Its outcome is of no interest.
    if (this.#running !== undefined) this.#waiting.delete(this.#running.id);
    this.#endRun();
    this.#stop("stopped, because the input changed");
    this.#runNewest();
  }

  #send(task: Task, settle: Settle): number {
    const id = this.#nextId++;
    this.#waiting.set(id, settle);
    const message: TaskMessage = { id, task };
    this.#started().postMessage(message);
    return id;
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = this.#start();
    worker.onmessage = ({ data: { id, outcome } }: MessageEvent<OutcomeMessage>) => {
      const settle = this.#waiting.get(id);
      this.#waiting.delete(id);
      settle?.(outcome);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#stop(event.message || "the worker stopped");
    };
    this.#worker = worker;
    return worker;
  }

  /** Ends the worker, and everything that waits for it. The next task starts another one. */
  #stop(message: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const settle of waiting) settle({ kind: "failure", message });
  }
}
