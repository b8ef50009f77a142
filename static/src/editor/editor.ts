import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, Prec, StateEffect, StateField, type Extension, type Text } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  type DecorationSet,
} from "@codemirror/view";
import { signal } from "@preact/signals";
import type { Mode } from "../generated/events";
import type { CodeLine, Mistake } from "../protocol/messages";
import { remember } from "../ui/stored";
import { codeGutter, showIn } from "./codeGutter";
import { highlighting, recolour } from "./highlighting";
import { theme } from "./theme";

/** The editor: one CodeMirror view for the life of the page, moved to wherever the layout shows it. */

export const source = signal("");
/** The line that the cursor is on, or the one under the mouse pointer while it is there. */
export const pointedLine = signal<number | null>(null);

interface Running {
  line: number;
  mode: Mode;
}

const setRunning = StateEffect.define<Running | null>();
const setLinked = StateEffect.define<number | null>();
const setChanged = StateEffect.define<number | null>();

const marks = {
  user: Decoration.line({ class: "cm-running" }),
  kernel: Decoration.line({ class: "cm-running-kernel" }),
  changed: Decoration.line({ class: "cm-changed" }),
  linked: Decoration.line({ class: "cm-linked" }),
};

const running = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = value.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setRunning)) continue;
      const at = effect.value;
      const doc = transaction.state.doc;
      next =
        at && at.line >= 1 && at.line <= doc.lines
          ? Decoration.set(marks[at.mode].range(doc.line(at.line).from))
          : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const changed = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = transaction.docChanged ? Decoration.none : value;
    for (const effect of transaction.effects) {
      if (!effect.is(setChanged) || effect.value === null) continue;
      next = Decoration.set(marks.changed.range(transaction.state.doc.lineAt(effect.value).from));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const linked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = transaction.docChanged ? Decoration.none : value;
    for (const effect of transaction.effects) {
      if (!effect.is(setLinked)) continue;
      const { doc } = transaction.state;
      const line = effect.value;
      next = line && line <= doc.lines ? Decoration.set(marks.linked.range(doc.line(line).from)) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

let onRun: () => void = () => undefined;
let saving: ReturnType<typeof setTimeout> | undefined;

function makeState(doc: string): EditorState {
  return EditorState.create({
    doc,
    extensions: [
      Prec.highest(
        keymap.of([
          {
            key: "Mod-Enter",
            run: () => {
              onRun();
              return true;
            },
          },
        ]),
      ),
      lineNumbers(),
      lintGutter(),
      codeGutter,
      history(),
      drawSelection(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSelectionMatches(),
      bracketMatching(),
      indentUnit.of("    "),
      EditorState.tabSize.of(8),
      highlighting,
      linked,
      running,
      changed,
      theme,
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
      EditorView.contentAttributes.of({
        "aria-label": "Program source. Escape, then Tab, leaves the editor.",
        tabindex: "0",
        spellcheck: "false",
        autocapitalize: "off",
      }),
      EditorView.domEventHandlers({
        mousemove: (event, at) => {
          const position = at.posAtCoords({ x: event.clientX, y: event.clientY });
          pointedLine.value = position === null ? cursorLine(at) : at.state.doc.lineAt(position).number;
        },
        mouseleave: (_event, at) => {
          pointedLine.value = cursorLine(at);
        },
      }),
      EditorView.updateListener.of((update) => {
        if (update.selectionSet || update.focusChanged) pointedLine.value = cursorLine(update.view);
        if (!update.docChanged) return;
        const text = update.state.doc.toString();
        source.value = text;
        clearTimeout(saving);
        saving = setTimeout(() => remember("source", text), 300);
      }),
    ],
  });
}

let view: EditorView | null = null;

const cursorLine = (at: EditorView) => (at.hasFocus ? at.state.doc.lineAt(at.state.selection.main.head).number : null);

/** Create the editor with its first text; `run` is called for Ctrl-Enter. */
export function openEditor(doc: string, run: () => void): void {
  onRun = run;
  source.value = doc;
  view = new EditorView({ state: makeState(doc) });
}

/** Put the editor into `host`. */
export function mountEditor(host: HTMLElement): void {
  if (view) host.append(view.dom);
}

export function currentSource(): string {
  return source.value;
}

/** Replace the whole text. `highlight` is a text whose line is shown as changed. */
export function loadSource(text: string, highlight?: string): void {
  if (!view) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  const at = highlight === undefined ? -1 : text.indexOf(highlight);
  view.dispatch({
    selection: { anchor: Math.max(at, 0) },
    effects: [setRunning.of(null), setChanged.of(at < 0 ? null : at)],
  });
  reveal(view.state.doc.lineAt(Math.max(at, 0)).number);
  markMistakes([]);
}

/** Show the text in the colours of its language. */
export function colour(language: Extension): void {
  view?.dispatch({ effects: recolour(language) });
}

/** Show address and bytes beside the lines; null takes the column away, `stale` says that the text has changed since. */
export function showCode(lines: readonly CodeLine[] | null, stale: boolean): void {
  if (view) showIn(view, lines, stale);
}

/** Mark the line that a line of the generated assembly is for; null for none. */
export function showLinked(line: number | null): void {
  view?.dispatch({ effects: setLinked.of(line) });
}

/** Show the line that runs, null for none. */
export function showRunning(at: Running | null): void {
  if (!view) return;
  view.dispatch({ effects: setRunning.of(at) });
  if (at && at.line >= 1 && at.line <= view.state.doc.lines && !view.hasFocus) reveal(at.line);
}

/** Scroll the editor, and nothing around it, until the line is in view. */
function reveal(line: number): void {
  if (!view) return;
  const box = view.scrollDOM;
  const block = view.lineBlockAt(view.state.doc.line(line).from);
  const margin = 48;
  if (block.top - margin < box.scrollTop) box.scrollTop = block.top - margin;
  else if (block.bottom + margin > box.scrollTop + box.clientHeight) {
    box.scrollTop = block.bottom + margin - box.clientHeight;
  }
}

/** Offset of a 1-based line and column; columns count characters, not UTF-16 units. */
function offset(doc: Text, lineNumber: number, column: number): number {
  const line = doc.line(Math.max(1, Math.min(lineNumber, doc.lines)));
  const characters = [...line.text].slice(0, Math.max(0, column - 1)).join("");
  return line.from + characters.length;
}

/** Underline what is wrong, and bring the first of it into view if it should be. */
export function markMistakes(mistakes: readonly Mistake[], show = true): void {
  if (!view) return;
  const doc = view.state.doc;
  const diagnostics = mistakes.map((mistake): Diagnostic => {
    const from = offset(doc, mistake.line, mistake.column);
    const to = Math.max(from, offset(doc, mistake.line, mistake.end_column));
    const hint = mistake.hint ? `\n${mistake.hint}` : "";
    return { from, to, severity: mistake.severity, message: mistake.message + hint };
  });
  view.dispatch(setDiagnostics(view.state, diagnostics));
  const first = diagnostics[0];
  if (first && show) reveal(doc.lineAt(first.from).number);
}

/** Move the cursor to a mistake and focus the editor. */
export function goTo(line: number, column: number): void {
  if (!view) return;
  view.dispatch({ selection: { anchor: offset(view.state.doc, line, column) }, scrollIntoView: true });
  view.focus();
}
