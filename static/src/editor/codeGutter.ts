import { Compartment, RangeSet, RangeSetBuilder, StateEffect, StateField, type Text } from "@codemirror/state";
import { EditorView, gutter, GutterMarker } from "@codemirror/view";
import { bytesOf } from "../fold/words";
import type { CodeLine } from "../protocol/messages";

/** The column beside the lines: address and first bytes of what each became. */

const SHOWN_BYTES = 5;

/** The last digits of the address; all of them are in the tooltip. */
const SHOWN_DIGITS = 4;

interface Code {
  lines: readonly CodeLine[] | null;
  /** The text has changed since the server looked at it. */
  stale: boolean;
}

const setCode = StateEffect.define<Code>();

const hex = (value: number, digits = 0) => value.toString(16).padStart(digits, "0");

const joined = (data: string) => [...bytesOf(data)].map((byte) => hex(byte, 2)).join("");

/** The bytes of a line in short: `b801000000`, `48656c6c6f…`, `4096 bytes`. */
export function shortBytes(line: CodeLine): string {
  const shown = joined(line.data).slice(0, 2 * SHOWN_BYTES);
  if (shown === "") return `${line.size} bytes`;
  return line.size > SHOWN_BYTES ? `${shown}…` : shown;
}

function fullText(pieces: readonly CodeLine[]): string {
  return pieces
    .map((piece) => {
      const bytes = joined(piece.data).replace(/(..)(?=.)/g, "$1 ");
      const rest = piece.size - bytesOf(piece.data).length;
      const more = rest > 0 ? ` ${bytes ? "and " : ""}${rest} ${bytes ? "more" : "reserved"}` : "";
      return `0x${hex(piece.address)}: ${bytes}${more}`;
    })
    .join("\n");
}

class CodeMarker extends GutterMarker {
  constructor(private readonly pieces: readonly [CodeLine, ...CodeLine[]]) {
    super();
  }

  override eq(other: GutterMarker): boolean {
    return other instanceof CodeMarker && fullText(other.pieces) === fullText(this.pieces);
  }

  override toDOM(): Node {
    const [first] = this.pieces;
    const row = document.createElement("span");
    row.className = "code-bytes";
    row.title = fullText(this.pieces);
    const address = document.createElement("span");
    address.className = "code-address";
    address.textContent = hex(first.address).slice(-SHOWN_DIGITS);
    row.append(address, ` ${shortBytes(first)}`);
    return row;
  }
}

function markersOf(lines: readonly CodeLine[], doc: Text): RangeSet<GutterMarker> {
  const pieces = new Map<number, [CodeLine, ...CodeLine[]]>();
  for (const line of lines) {
    const known = pieces.get(line.line);
    if (known) known.push(line);
    else pieces.set(line.line, [line]);
  }
  const builder = new RangeSetBuilder<GutterMarker>();
  for (const [number, found] of [...pieces].sort(([a], [b]) => a - b)) {
    if (number < 1 || number > doc.lines) continue;
    const { from } = doc.line(number);
    builder.add(from, from, new CodeMarker(found));
  }
  return builder.finish();
}

interface Column {
  stale: boolean;
  markers: RangeSet<GutterMarker>;
}

const column = StateField.define<Column>({
  create: () => ({ stale: false, markers: RangeSet.empty }),
  update(value, transaction) {
    let next = transaction.docChanged ? { ...value, markers: value.markers.map(transaction.changes) } : value;
    for (const effect of transaction.effects) {
      if (!effect.is(setCode)) continue;
      const { lines, stale } = effect.value;
      if (lines === null) next = { stale, markers: RangeSet.empty };
      else next = { stale, markers: stale ? next.markers : markersOf(lines, transaction.state.doc) };
    }
    return next;
  },
  provide: (field) =>
    EditorView.editorAttributes.from(field, ({ stale }) => ({ class: stale ? "cm-stale-code" : "" })),
});

const shown = gutter({
  class: "cm-gutter-code",
  markers: (view) => view.state.field(column).markers,
  initialSpacer: () => new CodeMarker([{ line: 1, address: 0x401000, size: 9, data: btoa("12345") }]),
});

const place = new Compartment();

/** The column, at first hidden. */
export const codeGutter = [column, place.of([])];

/** Show what the lines became; null takes the column away, and so does having nothing to show. */
export function showIn(view: EditorView, lines: readonly CodeLine[] | null, stale: boolean): void {
  view.dispatch({ effects: setCode.of({ lines, stale }) });
  const wanted = view.state.field(column).markers.size > 0;
  if (wanted !== (place.get(view.state) === shown)) view.dispatch({ effects: place.reconfigure(wanted ? shown : []) });
}
