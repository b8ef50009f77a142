import { Compartment, EditorState, RangeSetBuilder, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, keymap, type DecorationSet } from "@codemirror/view";
import { defaultKeymap } from "@codemirror/commands";
import type { Mode } from "../generated/events";
import type { Arch, AssemblyLine } from "../protocol/messages";
import { assemblyFor } from "./assembly";
import { theme } from "./theme";

interface Links {
  /** The source line is pointed at, or null. */
  pointed(line: number | null): void;
  /** The source line was chosen. */
  chosen(line: number): void;
}

const setMarks = StateEffect.define<{ lines: readonly number[]; look: string }>();

const LOOKS: Record<string, Decoration> = {
  "cm-linked": Decoration.line({ class: "cm-linked" }),
  "cm-running": Decoration.line({ class: "cm-running" }),
  "cm-running-kernel": Decoration.line({ class: "cm-running-kernel" }),
};

function marked(doc: Text, lines: readonly number[], look: string): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const decoration = LOOKS[look];
  for (const line of lines) if (decoration && line <= doc.lines) builder.add(doc.line(line).from, doc.line(line).from, decoration);
  return builder.finish();
}

/** One layer of marked lines; the two of them, links and the running line, do not disturb each other. */
function layer(looks: readonly string[]) {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(value, transaction) {
      let next = transaction.docChanged ? Decoration.none : value;
      for (const effect of transaction.effects) {
        if (effect.is(setMarks) && looks.includes(effect.value.look)) {
          next = marked(transaction.state.doc, effect.value.lines, effect.value.look);
        }
      }
      return next;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

/** A read-only editor with generated assembly. */
export class AssemblyView {
  private readonly view: EditorView;
  private readonly colours = new Compartment();
  private lines: readonly AssemblyLine[] = [];
  private at: { linked: number | null; line: number | null; mode: Mode } = { linked: null, line: null, mode: "user" };

  constructor(host: HTMLElement, links: Links) {
    const sourceLine = (view: EditorView, position: number | null) =>
      position === null ? null : (this.lines[view.state.doc.lineAt(position).number - 1]?.line ?? null);
    this.view = new EditorView({
      parent: host,
      state: EditorState.create({
        extensions: [
          EditorState.readOnly.of(true),
          EditorState.tabSize.of(8),
          drawSelection(),
          this.colours.of([]),
          layer(["cm-linked"]),
          layer(["cm-running", "cm-running-kernel"]),
          theme,
          keymap.of(defaultKeymap),
          EditorView.contentAttributes.of({ "aria-label": "Generated assembly, read only", "aria-readonly": "true", tabindex: "0" }),
          EditorView.domEventHandlers({
            mousemove: (event, view) => {
              links.pointed(sourceLine(view, view.posAtCoords({ x: event.clientX, y: event.clientY })));
            },
            mouseleave: () => links.pointed(null),
            click: (_event, view) => {
              const { main } = view.state.selection;
              const line = main.empty ? sourceLine(view, main.head) : null;
              if (line !== null) links.chosen(line);
            },
          }),
          EditorView.updateListener.of((update) => {
            if (update.selectionSet) links.pointed(sourceLine(update.view, update.state.selection.main.head));
          }),
        ],
      }),
    });
  }

  destroy(): void {
    this.view.destroy();
  }

  colour(arch: Arch): void {
    this.view.dispatch({ effects: this.colours.reconfigure(assemblyFor(arch)) });
  }

  show(lines: readonly AssemblyLine[]): void {
    if (lines === this.lines) return;
    this.lines = lines;
    const text = lines.map((line) => line.text).join("\n");
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    const { linked, line, mode } = this.at;
    this.link(linked);
    this.run(line, mode);
  }

  /** Mark what a source line became, and show the first of it. */
  link(line: number | null): void {
    this.at = { ...this.at, linked: line };
    this.mark(this.of(line), "cm-linked", true);
  }

  /** Mark what the running source line became. */
  run(line: number | null, mode: Mode): void {
    this.at = { ...this.at, line, mode };
    this.mark(this.of(line), mode === "user" ? "cm-running" : "cm-running-kernel", true);
  }

  private of(line: number | null): number[] {
    return line === null ? [] : this.lines.flatMap((entry, i) => (entry.line === line ? [i + 1] : []));
  }

  private mark(lines: readonly number[], look: string, show: boolean): void {
    this.view.dispatch({ effects: setMarks.of({ lines, look }) });
    const first = lines[0];
    if (first === undefined || !show || this.view.hasFocus || first > this.view.state.doc.lines) return;
    const box = this.view.scrollDOM;
    const block = this.view.lineBlockAt(this.view.state.doc.line(first).from);
    if (block.top < box.scrollTop || block.bottom > box.scrollTop + box.clientHeight) {
      box.scrollTop = Math.max(0, block.top - 32);
    }
  }
}
