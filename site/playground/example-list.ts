import examples from "playground:examples";
import starter from "playground:starter";
import { haveSameFiles, type Input, isSameInput } from "./input";

/*
 * The list from which the visitor chooses an example, or their own input.
 */

/** The input with which visitors start their own. */
const empty: Input = { files: [{ path: "manifest.yaml", text: "" }], configuration: starter };

/** What the page shows first. */
export const firstExample: Input = examples[0] ?? empty;

/** Reports whether a configuration is an example's. It selects the example's workloads, so other manifests need another one. */
export function isExampleConfiguration(configuration: string): boolean {
  return examples.some((example) => example.configuration === configuration);
}

/** Reports whether files are exactly an example's. */
export function areExampleFiles(files: Input["files"]): boolean {
  return examples.some((example) => haveSameFiles(example.files, files));
}

/** What the list needs from the page. */
export interface ExampleEvents {
  /** Returns the current input. */
  current(): Input;
  /** The visitor chose an input. */
  onChoose(input: Input): void;
}

/** The list. It keeps the visitor's own input while an example is shown. */
export class ExampleList {
  readonly #list: HTMLSelectElement;
  readonly #events: ExampleEvents;
  #own = empty;

  constructor(list: HTMLSelectElement, events: ExampleEvents) {
    this.#list = list;
    this.#events = events;
    list.append(...examples.map(({ id, title }) => new Option(title, id)), new Option("Your own", ""));
    list.addEventListener("change", () => this.#choose());
  }

  /** Selects the example that an input is, or "Your own" for any other input. */
  select(input: Input): void {
    this.#list.value = exampleOf(input)?.id ?? "";
  }

  #choose(): void {
    const current = this.#events.current();
    if (exampleOf(current) === undefined) this.#own = current;
    this.#events.onChoose(examples.find(({ id }) => id === this.#list.value) ?? this.#own);
  }
}

function exampleOf(input: Input) {
  return examples.find((example) => isSameInput(example, input));
}
