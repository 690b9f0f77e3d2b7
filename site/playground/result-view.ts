import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { differences } from "./differences";
import { display, readOnly } from "./editor";
import { shownLineEnding } from "./line-ending-state";
import type { LineEnding, ShownResult } from "./line-endings";

/*
 * Shows the result: as a diff, or as text.
 */

/** How a file of the result is shown. */
export interface DiffOptions {
  readonly isSideBySide: boolean;
  /** If false, long unchanged ranges are folded. */
  readonly showsAllLines: boolean;
}

/** The element that shows the result. Its content is replaced each time. Each subject keeps its scroll position. */
export class ResultView {
  readonly #parent: HTMLElement;
  #shown: EditorView | MergeView | undefined;
  /** What is shown, such as the diff of a file. */
  #subject = "";
  /** The scroll positions of the subjects. */
  readonly #tops = new Map<string, number>();

  constructor(parent: HTMLElement) {
    this.#parent = parent;
  }

  /** Shows the diff of a file. */
  showDiff(file: ShownResult, { isSideBySide, showsAllLines }: DiffOptions): void {
    const config = {
      gutter: true,
      diffConfig: { override: (before: string, after: string) => differences(before, after, file.changes) },
      ...(showsAllLines ? {} : { collapseUnchanged: { margin: 3, minSize: 6 } }),
    };
    this.#replace(`diff ${isSideBySide} ${showsAllLines} ${file.path}`, () => {
      if (isSideBySide) {
        const side = (doc: string, label: string) => ({
          doc,
          extensions: [display(label), shownLineEnding(file.lineEnding), readOnly],
        });
        return new MergeView({
          parent: this.#parent,
          a: side(file.before, `${file.path} before`),
          b: side(file.after, `${file.path} after`),
          ...config,
        });
      }
      const unified = unifiedMergeView({ original: file.before, mergeControls: false, ...config });
      return this.#editor(file.after, [display(`Changes to ${file.path}`), shownLineEnding(file.lineEnding), unified]);
    });
  }

  /** Shows a text. Copied text has the line ending. */
  showText(text: string, label: string, lineEnding: LineEnding = "\n"): void {
    this.#replace(`text ${label}`, () => this.#editor(text, [display(label), shownLineEnding(lineEnding)]));
  }

  /** Shows a sentence, because there is nothing else to show. */
  showMessage(text: string): void {
    this.#clear("message");
    const paragraph = document.createElement("p");
    paragraph.className = "empty";
    paragraph.textContent = text;
    this.#parent.append(paragraph);
  }

  #editor(doc: string, extensions: Extension): EditorView {
    return new EditorView({
      parent: this.#parent,
      state: EditorState.create({ doc, extensions: [extensions, readOnly] }),
    });
  }

  #replace(subject: string, create: () => EditorView | MergeView): void {
    this.#clear(subject);
    this.#shown = create();
    const top = this.#tops.get(subject);
    const scroller = this.#scroller();
    if (scroller && top) scroller.scrollTop = top;
  }

  #clear(subject: string): void {
    this.#tops.set(this.#subject, this.#scroller()?.scrollTop ?? 0);
    this.#shown?.destroy();
    this.#shown = undefined;
    this.#parent.replaceChildren();
    this.#subject = subject;
  }

  #scroller(): Element | undefined {
    return this.#shown instanceof MergeView ? this.#shown.dom : this.#shown?.scrollDOM;
  }
}
