import type { Frame } from "../generated/events";
import { layout, type Layout } from "../ui/layout";
import { isBuffered, libraryFrames, libraryTitle, ownFrames, shortened, type Library, type Room } from "../fold/chain";

const place = (frame: Frame) => [frame.function, frame.file, frame.line === null ? null : `line ${frame.line}`, frame.pc]
  .filter((part) => part !== null)
  .join(", ");

/** What the rooms hold at their narrowest. */
const ROOMS: Record<Layout, Room> = {
  wide: { lines: 2, columns: 25 },
  medium: { lines: 2, columns: 21 },
  narrow: { lines: 2, columns: 36 },
};

function Names({ frames, lines }: { frames: readonly Frame[]; lines?: number }) {
  const room = ROOMS[layout.value];
  const names = shortened(
    frames.map((frame) => frame.function),
    lines === undefined ? room : { ...room, lines },
  );
  return (
    <>
      {names.map((name, i) => (
        <li key={i}>{name}</li>
      ))}
    </>
  );
}

/** The visitor's functions on the way to the trap, outermost first. */
export function OwnChain({ frames }: { frames: readonly Frame[] }) {
  const own = ownFrames(frames);
  const title = own.map(place).join("\n");
  return (
    <ol class="chain chain-own" aria-label="Functions of the program" data-testid="own-chain" title={title}>
      {own.length > 0 ? <Names frames={own} lines={1} /> : <li class="nobody">none of your functions</li>}
    </ol>
  );
}

interface LibraryRoomProps {
  kind: Library;
  frames: readonly Frame[];
  lit: boolean;
}

/** The room of the library, lit while the trap in view was made in it. */
export function LibraryRoom({ kind, frames, lit }: LibraryRoomProps) {
  const inside = libraryFrames(frames);
  const title = libraryTitle(kind, frames);
  const note = isBuffered(frames) ? "many calls, one write" : "";
  return (
    <section class={lit && inside.length > 0 ? "library lit" : "library"} data-testid="library" aria-label={title}>
      <h3>
        {title} {note && <span>{note}</span>}
      </h3>
      {inside.length > 0 ? (
        <ol class="chain" title={inside.map(place).join("\n")}>
          <Names frames={inside} />
        </ol>
      ) : (
        <p>not in use</p>
      )}
    </section>
  );
}
