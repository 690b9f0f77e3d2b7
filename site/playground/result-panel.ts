import { download } from "./download";
import { byId, chosen, onChoice } from "./elements";
import { showFindings } from "./findings";
import { toShownResult } from "./line-endings";
import type { Place, Removal, ResultFile, RunResult } from "./protocol";
import { ResultView } from "./result-view";

/** What the panel asks the page to do. */
export interface ResultEvents {
  goTo(place: Place): void;
  runAgain(): void;
}

/** How long a run takes before the panel says so, in milliseconds. */
const patience = 400;

/** The panel with the result: its status, the selected file, and the findings. */
export class ResultPanel {
  readonly #view = new ResultView(byId("result"));
  readonly #events: ResultEvents;
  #result: RunResult | undefined;
  #path = "";
  #busy: number | undefined;

  constructor(events: ResultEvents) {
    this.#events = events;
    onChoice(["run"], () => events.runAgain());
    onChoice(["show", "side-by-side", "all-lines"], () => this.#showSelected());
    byId("download").addEventListener("click", () => {
      const files = this.#result?.files ?? [];
      download(files.map(({ path, after }) => ({ path, text: after })));
    });
  }

  /** Shows another file. */
  select(path: string): void {
    if (path === this.#path) return;
    this.#path = path;
    this.#showSelected();
  }

  /** The result that is shown is outdated: it can't be downloaded, and after a while the status says so. */
  expectResult(): void {
    this.#setOutdated(true);
    this.#busy ??= window.setTimeout(() => this.#showStatus("Running…", "busy"), patience);
  }

  show(result: RunResult): void {
    this.#result = result;
    this.#showStatus(...statusOf(result));
    this.#setOutdated(false);
    byId("findings-title").textContent = `Findings (${result.findings.length})`;
    showFindings(byId("findings"), result.findings, (place) => this.#events.goTo(place));
    this.#showSelected();
  }

  /** Shows that the run itself failed. The last result stays visible. */
  showFailure(message: string): void {
    this.#showStatus(
      `tracing-sidecar stopped: ${message}. The page starts it again when you change the input.`,
      "error",
    );
    byId("result-panel").ariaBusy = "false";
  }

  #setOutdated(isOutdated: boolean): void {
    byId("result-panel").ariaBusy = String(isOutdated);
    byId<HTMLButtonElement>("download").disabled = isOutdated || this.#result === undefined || this.#result.hasErrors;
  }

  #showStatus(text: string, kind: string): void {
    window.clearTimeout(this.#busy);
    this.#busy = undefined;
    const status = byId("status");
    status.className = kind;
    // A screen reader reads the status only if it changes.
    if (status.textContent !== text) status.textContent = text;
  }

  #showSelected(): void {
    if (this.#result === undefined) return;
    const { files, agentConfigurations, hasErrors } = this.#result;
    if (hasErrors) {
      this.#view.showMessage("There is no result. Fix the errors that are listed below.");
      return;
    }
    const file = files.find(({ path }) => path === this.#path);
    if (chosen("show") === "agent") this.#showAgents(agentConfigurations);
    else if (file === undefined) this.#view.showMessage(`There is no result for ${this.#path} yet.`);
    else if (chosen("show") === "text") this.#showText(file);
    else this.#showDiff(file);
  }

  #showAgents(configurations: RunResult["agentConfigurations"]): void {
    if (configurations.length > 0) this.#view.showText(joined(configurations), "Collector configuration");
    else
      this.#view.showMessage("The result has no Collector configuration. A Jaeger agent is configured with arguments.");
  }

  #showText(file: ResultFile): void {
    const { path, after, lineEnding } = toShownResult(file);
    this.#view.showText(after, `Result: ${path}`, lineEnding);
  }

  #showDiff(file: ResultFile): void {
    if (file.changes.length === 0) {
      this.#view.showMessage(`${file.path} doesn't change.`);
      return;
    }
    const isChecked = (id: string) => byId<HTMLInputElement>(id).checked;
    this.#view.showDiff(toShownResult(file), {
      isSideBySide: isChecked("side-by-side"),
      showsAllLines: isChecked("all-lines"),
    });
  }
}

/** Returns one YAML document for each configuration, with a title as comment. */
function joined(configurations: RunResult["agentConfigurations"]): string {
  return configurations.map(({ title, text }) => `# ${title}\n${text.replace(/\n*$/, "\n")}`).join("---\n");
}

/** Returns the status and its kind. */
function statusOf({ removal, summary, hasErrors, findings }: RunResult): [text: string, kind: string] {
  if (hasErrors) return [summary, "error"];
  if (removal !== undefined) return removalStatus(removal);
  return [summary, findings.some(({ severity }) => severity === "warning") ? "warning" : "success"];
}

function removalStatus({ bytes, different }: Removal): [text: string, kind: string] {
  if (different.length === 0) {
    return [`Removed: identical to your input, ${bytes.toLocaleString("en")} bytes.`, "success"];
  }
  const files = different.join(", ");
  return [
    `Removed. Your input already contained an agent or generated objects, so the result differs from it in ${files}.`,
    "warning",
  ];
}
