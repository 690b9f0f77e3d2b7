import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import type { Place, ShownFinding } from "./protocol";

/*
 * The parts that all editors of the page share. In a document, only "\n" ends a line, so that it keeps every other character
 * (line-endings.ts).
 */

/** For every editor, also one that only shows text. */
export function display(label: string): Extension {
  return [
    EditorState.lineSeparator.of("\n"),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorView.lineWrapping,
    highlightSpecialChars(),
    lineNumbers(),
    drawSelection({ cursorBlinkRate: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 1200 }),
    yaml(),
    // Colors are in style.css.
    syntaxHighlighting(classHighlighter),
    search({ top: true }),
    keymap.of([...searchKeymap, ...foldKeymap]),
  ];
}

/** For an editor that only shows text. It can have the focus, so that the keyboard can scroll it. */
export const readOnly: Extension = [EditorState.readOnly.of(true), keymap.of(defaultKeymap)];

/** For an editor in which the user writes. Tab isn't bound, so it moves the focus as everywhere else. */
export function editing(onChange: () => void): Extension {
  return [
    history(),
    closeBrackets(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    foldGutter(),
    lintGutter(),
    indentUnit.of("  "),
    autocompletion({ icons: false }),
    keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange();
    }),
  ];
}

/** Shows the findings about a document in it. */
export function showDiagnostics(view: EditorView, findings: readonly ShownFinding[]): void {
  const diagnostics = findings.flatMap(({ severity, text, place }): Diagnostic[] => {
    if (place?.line === undefined || severity === "info") return [];
    const { from, to } = rangeOf(view.state, place);
    return [{ from, to, message: text, severity: severity === "notice" ? "info" : severity }];
  });
  view.dispatch(setDiagnostics(view.state, diagnostics));
}

/** Selects a place, and scrolls to it. */
export function goTo(view: EditorView, place: Place): void {
  const { from, to } = rangeOf(view.state, place);
  view.dispatch({
    selection: { anchor: from, head: to },
    effects: EditorView.scrollIntoView(from, { y: "center" }),
  });
  view.focus();
}

/** Returns the word at a place, or its line's content. */
function rangeOf({ doc }: EditorState, { line: number = 1, column }: Place): { from: number; to: number } {
  const line = doc.line(Math.min(Math.max(number, 1), doc.lines));
  // A byte order mark isn't counted as a column.
  const first = line.number === 1 && line.text.startsWith("\ufeff") ? 1 : 0;
  const start = column === undefined ? line.text.search(/\S|$/) : Math.min(first + column - 1, line.length);
  const word = column === undefined ? undefined : /^(?:[^\s:,[\]{}]|:(?=\S))+/.exec(line.text.slice(start))?.[0];
  const end = word === undefined ? line.text.trimEnd().length : start + word.length;
  return { from: line.from + start, to: line.from + Math.max(start, end) };
}
