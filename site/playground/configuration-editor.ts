import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { display, editing, goTo, showDiagnostics } from "./editor";
import type { Place, ShownFinding } from "./protocol";
import { schemaHelp } from "./schema-help";

/** The editor of the configuration. */
export class ConfigurationEditor {
  readonly #view: EditorView;
  readonly #onChange: () => void;

  /** @param onChange called if the user edits the configuration. */
  constructor(parent: HTMLElement, onChange: () => void) {
    this.#onChange = onChange;
    this.#view = new EditorView({ parent });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Replaces the configuration. Its lines end with "\n". */
  set text(text: string) {
    const withoutCr = (other: string) => other.replaceAll("\r\n", "\n");
    const extensions = [
      display("Configuration"),
      editing(this.#onChange),
      schemaHelp,
      EditorView.clipboardInputFilter.of(withoutCr),
    ];
    this.#view.setState(EditorState.create({ doc: withoutCr(text), extensions }));
  }

  /** Shows the findings about the configuration in it. */
  showFindings(findings: readonly ShownFinding[]): void {
    showDiagnostics(
      this.#view,
      findings.filter(({ place }) => place !== undefined && place.path === undefined),
    );
  }

  goTo(place: Place): void {
    goTo(this.#view, place);
  }
}
