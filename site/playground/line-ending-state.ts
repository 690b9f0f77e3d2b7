import { invertedEffects } from "@codemirror/commands";
import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { fromShown, type LineEnding, lineEndingOf, toShown } from "./line-endings";

/*
 * How the lines of an editor's file end, as a part of the editor's state. So undo restores it too, and text that leaves the
 * editor has the line breaks of the file.
 */

const setLineEnding = StateEffect.define<LineEnding>();

const lineEndingField = StateField.define<LineEnding>({
  create: () => "\n",
  update: (lineEnding, { effects }) =>
    effects.reduce((current, effect) => (effect.is(setLineEnding) ? effect.value : current), lineEnding),
});

/** For an editor that only shows a file: copied text has the line breaks of the file. */
export function shownLineEnding(lineEnding: LineEnding): Extension {
  return [
    lineEndingField.init(() => lineEnding),
    EditorView.clipboardOutputFilter.of((text, state) => fromShown(text, state.field(lineEndingField))),
  ];
}

/**
 * For an editor in which the user edits a file. Pasted text that replaces everything keeps its own line breaks. Other text
 * gets those of the file, unless they are mixed.
 *
 * @param onPasteAll called after the whole text was replaced by pasted text.
 */
export function editedLineEnding(lineEnding: LineEnding, onPasteAll: () => void): Extension {
  return [
    shownLineEnding(lineEnding),
    invertedEffects.of(({ effects, startState }) =>
      effects.some((effect) => effect.is(setLineEnding)) ? [setLineEnding.of(startState.field(lineEndingField))] : [],
    ),
    EditorView.clipboardInputFilter.of((pasted, state) =>
      state.field(lineEndingField) === "mixed" ? pasted : toShown(pasted, "\r\n"),
    ),
    EditorView.domEventHandlers({
      paste: ({ clipboardData }, view) => {
        const pasted = clipboardData?.getData("text/plain") ?? "";
        if (pasted === "" || !isAllSelected(view.state)) return false;
        replaceAll(view, pasted);
        onPasteAll();
        return true;
      },
    }),
  ];
}

/** Returns the text of the file in an editor. */
export function fileText(state: EditorState): string {
  return fromShown(state.doc.toString(), state.field(lineEndingField));
}

function isAllSelected({ selection: { main }, doc }: EditorState): boolean {
  return main.from === 0 && main.to === doc.length;
}

function replaceAll(view: EditorView, text: string): void {
  const lineEnding = lineEndingOf(text);
  const insert = toShown(text, lineEnding);
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert },
    selection: { anchor: insert.length },
    effects: setLineEnding.of(lineEnding),
    userEvent: "input.paste",
    scrollIntoView: true,
  });
}
