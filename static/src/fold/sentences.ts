import type { AbiInfo, Switch, TrapgateEvent } from "../generated/events";
import { bufferClause, chainClause, isBuffered } from "./chain";
import { asWritten, bytesOf, listed, readable, sizeText, textOf, visible } from "./words";

const at = (line: number | null) => (line === null ? "" : ` on line ${line}`);

/** What programs agree to use the first descriptors for. */
const STANDARD: readonly string[] = [" (standard input)", " (standard output)", " (standard error)"];

function modeSentence(event: Extract<TrapgateEvent, { type: "mode" }>, abi: AbiInfo | null): string {
  if (event.to === "kernel") {
    const what = event.reason === "interrupt" ? "A timer interrupts: the CPU" : "The CPU";
    const ring = abi?.kernel_mode ? ` (${abi.kernel_mode})` : "";
    const saved = Object.keys(event.saved);
    const kept = saved.length > 0 ? ` It keeps the way back in ${listed(saved)}.` : "";
    return `${what} switches to kernel mode${ring}: from here on the kernel's code runs.${kept}`;
  }
  const ring = abi?.user_mode ? ` (${abi.user_mode})` : "";
  const where = event.line === null ? ` at ${event.pc}` : at(event.line);
  return event.reason === "signal"
    ? `The CPU goes back to user mode${ring}, into the program's signal handler.`
    : `The CPU switches back to user mode${ring} and the program continues${where}.`;
}

function trapSentence(event: Extract<TrapgateEvent, { type: "trap" }>, abi: AbiInfo | null): string {
  const where = event.frames.some((frame) => frame.library) ? "" : at(event.line);
  const number = `${abi?.number_register ?? "the number"} = ${readable(event.number, abi?.word_size)}`;
  if (isBuffered(event.frames)) return `${bufferClause(event.frames)} ${event.instruction} with ${number}.`;
  const who = chainClause(event.frames) || "The program executes";
  return `${who} ${event.instruction}${where} with ${number}: it asks the kernel for something.`;
}

/** Who leaves the CPU and why: `Task 1000 sleeps`. */
function switchReason(event: Switch): string {
  const own = event.reason.match(/^its (.*) is over$/)?.[1];
  return own ? `The ${own} of task ${event.previous} is over` : `Task ${event.previous} ${event.reason}`;
}

/** One event as one plain sentence. The kernel's own sentences are used where the event carries one. */
export function sentenceOf(event: TrapgateEvent, abi: AbiInfo | null): string {
  switch (event.type) {
    case "run.start":
      return `The program is loaded and starts in user mode${at(event.line)}.`;
    case "trap":
      return trapSentence(event, abi);
    case "mode":
      return modeSentence(event, abi);
    case "output": {
      const bytes = bytesOf(event.data);
      if (event.stream === 0) return `“${visible(asWritten(textOf(bytes)))}” appears on the terminal.`;
      return `${sizeText(bytes.length)} ${bytes.length === 1 ? "reaches" : "reach"} ${
        event.stream === 1 ? "standard output" : "standard error"
      }: “${visible(textOf(bytes))}”.`;
    }
    case "input":
      if (event.data === "") return "The keyboard says that the input has ended.";
      return `The keyboard sends “${visible(textOf(bytesOf(event.data)))}”.`;
    case "switch":
      if (event.next === 0) return `No task can run now (${event.reason}).`;
      return `${switchReason(event)}: the scheduler gives the CPU to task ${event.next}.`;
    case "task.start":
      return event.process === event.pid
        ? `Process ${event.pid} (${event.name}) comes to life.`
        : `Thread ${event.pid} of process ${event.process} comes to life.`;
    case "task.exec":
      return `The process replaces its program with ${event.path}.`;
    case "task.exit":
      return event.signal
        ? `Task ${event.pid} is ended by ${event.signal}.`
        : `Task ${event.pid} ends with status ${event.status ?? 0}.`;
    case "memory": {
      const range = `${event.start} to ${event.end}`;
      if (event.change === "unmap") return `The address space loses ${range}.`;
      if (event.change === "protect") return `The memory from ${range} now allows ${event.perms}.`;
      return `The address space gains ${event.name || "memory"} from ${range}, ${event.perms}.`;
    }
    case "fd":
      if (event.change === "close") return `Descriptor ${event.fd} is closed.`;
      if (event.change === "flags") return `Descriptor ${event.fd} now has the flags ${event.flags}.`;
      return `Descriptor ${event.fd}${STANDARD[event.fd] ?? ""} now stands for ${
        event.kind === "tty" ? "the terminal, " : ""
      }${event.path}.`;
    default:
      return event.sentence;
  }
}
