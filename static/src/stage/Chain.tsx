import type { Frame } from "../generated/events";
import { layout } from "../ui/layout";
import { isBuffered, libraryFrames, ownFrames, shortened } from "../fold/chain";

const place = (frame: Frame) => [frame.function, frame.file, frame.line === null ? null : `line ${frame.line}`, frame.pc]
  .filter((part) => part !== null)
  .join(", ");

function Names({ frames }: { frames: readonly Frame[] }) {
  const names = shortened(
    frames.map((frame) => frame.function),
    layout.value === "medium" ? 4 : 5,
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
      {own.length > 0 ? <Names frames={own} /> : <li class="nobody">none of your functions</li>}
    </ol>
  );
}

/** The room of the C library, lit while the trap in view was made in it. */
export function LibraryRoom({ frames, lit }: { frames: readonly Frame[]; lit: boolean }) {
  const inside = libraryFrames(frames);
  const note = isBuffered(frames) ? "empties its buffer" : "";
  return (
    <section class={lit && inside.length > 0 ? "library lit" : "library"} data-testid="library" aria-label="C library">
      <h3>
        C library {note && <span>{note}</span>}
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
