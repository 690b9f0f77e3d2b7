import { EditorState, type StateEffect } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { display, editing, goTo, showDiagnostics } from "./editor";
import { editedLineEnding, fileText } from "./line-ending-state";
import { lineEndingOf, toShown } from "./line-endings";
import { uniquePaths } from "./paths";
import type { Place, ShownFinding, SourceFile } from "./protocol";
import { showTabs } from "./tabs";

/** A file in the editor. The state has its text, its line ending, and its history. */
interface OpenFile {
  readonly path: string;
  readonly state: EditorState;
  /** Restores the scroll position. */
  readonly scroll: StateEffect<unknown>;
}

/** What the editor tells the page. */
export interface ManifestsEvents {
  /** The user edited the text of a file. */
  onChange(): void;
  /** The whole text of a file was replaced by pasted text. */
  onPasteAll(): void;
  onSelect(path: string): void;
}

/** The editor of the manifests, with a tab for each file. */
export class ManifestsEditor {
  readonly #view: EditorView;
  readonly #tabs: HTMLElement;
  readonly #events: ManifestsEvents;
  #files: readonly OpenFile[] = [];
  #current = 0;
  #findings: readonly ShownFinding[] = [];

  constructor(tabs: HTMLElement, parent: HTMLElement, events: ManifestsEvents) {
    this.#tabs = tabs;
    this.#events = events;
    this.#view = new EditorView({ parent });
  }

  /** The files with their current text. */
  get files(): SourceFile[] {
    return this.#saved().map(({ path, state }) => ({ path, text: fileText(state) }));
  }

  /** The path of the selected file. */
  get path(): string {
    return this.#files[this.#current]?.path ?? "";
  }

  /** Replaces all files. */
  set(files: readonly SourceFile[]): void {
    this.#files = [];
    this.#current = 0;
    this.add(files);
  }

  /** Adds files after those that exist, and selects the first new one. A path that exists gets a number. */
  add(files: readonly SourceFile[]): void {
    const existing = this.#saved();
    const paths = uniquePaths(
      files.map(({ path }) => path),
      existing.map(({ path }) => path),
    );
    const added = files.map(({ text }, index) => this.#open(paths[index] ?? "", text));
    this.#files = [...existing, ...added];
    this.#show(added.length === 0 ? this.#current : existing.length);
  }

  /** Closes the selected file. An empty one remains if it was the last. */
  removeCurrent(): void {
    const remaining = this.#saved().filter((_, index) => index !== this.#current);
    this.#files = remaining.length > 0 ? remaining : [this.#open("manifest.yaml", "")];
    this.#show(Math.min(this.#current, this.#files.length - 1));
  }

  /** Selects a place, and moves the focus there. Does nothing if its file is closed. */
  goTo(place: Place): void {
    const index = this.#files.findIndex(({ path }) => path === place.path);
    if (index < 0) return;
    this.#select(index);
    goTo(this.#view, place);
  }

  /** Shows the findings in the files that they are about. */
  showFindings(findings: readonly ShownFinding[]): void {
    this.#findings = findings;
    this.#showDiagnostics();
  }

  focus(): void {
    this.#view.focus();
  }

  #open(path: string, text: string): OpenFile {
    const lineEnding = lineEndingOf(text);
    const extensions = [
      display("Manifest"),
      editing(() => this.#events.onChange()),
      editedLineEnding(lineEnding, () => this.#events.onPasteAll()),
    ];
    const state = EditorState.create({ doc: toShown(text, lineEnding), extensions });
    return { path, state, scroll: EditorView.scrollIntoView(0) };
  }

  /** The files, with the current state of the selected one. */
  #saved(): readonly OpenFile[] {
    const { state } = this.#view;
    const scroll = this.#view.scrollSnapshot();
    return this.#files.map((file, index) => (index === this.#current ? { ...file, state, scroll } : file));
  }

  #select(index: number): void {
    if (index === this.#current) return;
    this.#files = this.#saved();
    this.#show(index);
  }

  #show(index: number): void {
    const file = this.#files[index];
    if (file === undefined) return;
    this.#current = index;
    this.#view.setState(file.state);
    this.#view.dispatch({ effects: file.scroll });
    this.#showDiagnostics();
    showTabs(this.#tabs, { names: this.#files.map(({ path }) => path), selected: index }, (chosen) =>
      this.#select(chosen),
    );
    this.#events.onSelect(file.path);
  }

  #showDiagnostics(): void {
    const { path } = this;
    showDiagnostics(
      this.#view,
      this.#findings.filter(({ place }) => place?.path === path),
    );
  }
}
