import type { RefObject } from "preact";

const KEYS: [string[], string][] = [
  [["Ctrl", "Enter"], "Run the program"],
  [["Space"], "Play or pause"],
  [["→"], "Forward one event"],
  [["←"], "Back one event"],
  [["Shift", "→"], "Forward one system call"],
  [["Shift", "←"], "Back one system call"],
  [["Home"], "Before the first event"],
  [["End"], "To the last event"],
  [["?"], "This help"],
  [["Esc", "Tab"], "Leave the editor with the keyboard"],
];

export function Help({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div class="help-body">
        <h2 id="help-title">How to read the picture</h2>
        <p>
          Your program runs <strong class="word-user">above the wall</strong>, in user mode. It can compute, but it cannot
          print, read or open anything. For that it puts a number and arguments into registers and executes a trap
          instruction: the token falls through the gate into the{" "}
          <strong class="word-kernel">kernel below</strong>.
        </p>
        <p>
          There the number picks a row of the system call table, the arguments are examined one after the other, a
          service does the work, and one value goes back. What the CPU itself cannot do, such as dividing by zero, enters through the
          other door.
        </p>
        <p>
          When a program has several processes or threads, the number beside its lines says whose turn it is. The scheduler
          shows who has the CPU, who is ready, and what the others wait for; below, every task has a lane of its own.
        </p>
        <p>
          Compare, beside the architecture, runs the same program on a second one and puts the same crossings side by side.
        </p>
        <h3>Keys</h3>
        <dl>
          {KEYS.map(([keys, text]) => (
            <div key={text}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit" class="solid">
            Close
          </button>
        </form>
      </div>
    </dialog>
  );
}
