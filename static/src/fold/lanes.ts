import type { TrapgateEvent } from "../generated/events";

/** A stretch of the time line, in events; `to` is null while it goes on. */
export interface Span {
  readonly task: number;
  readonly from: number;
  to: number | null;
}

/** What each task does over the time line: when it lives, has the CPU, and sleeps. Append only. */
export class Lanes {
  /** One entry for each task, in the order in which they came to life: the lanes from the top. */
  readonly lives: Span[] = [];
  readonly running: Span[] = [];
  readonly asleep: Span[] = [];
  private readonly at = new Map<number, number>();
  private readonly sleeping = new Map<number, Span>();

  /** Number of the task's lane. */
  lane(task: number): number {
    return this.at.get(task) ?? 0;
  }

  note(event: TrapgateEvent, index: number): void {
    switch (event.type) {
      case "task.start":
        this.begin(event.pid, index);
        break;
      case "task.exit":
        this.wake(event.pid, index);
        this.end(this.lives[this.lane(event.pid)], index);
        break;
      case "switch":
        this.end(this.running.at(-1), index);
        this.running.push({ task: event.next, from: index, to: null });
        break;
      case "block":
        this.wake(event.task, index);
        this.sleep(event.task, index);
        break;
      case "wake":
        this.wake(event.task, index);
        break;
      case "run.end":
        this.end(this.running.at(-1), index);
        break;
    }
  }

  private begin(task: number, index: number): void {
    if (this.lives.length === 0) this.running.push({ task, from: index, to: null });
    this.at.set(task, this.lives.length);
    this.lives.push({ task, from: index, to: null });
  }

  private sleep(task: number, index: number): void {
    const span: Span = { task, from: index, to: null };
    this.sleeping.set(task, span);
    this.asleep.push(span);
  }

  private wake(task: number, index: number): void {
    this.end(this.sleeping.get(task), index);
    this.sleeping.delete(task);
  }

  private end(span: Span | undefined, index: number): void {
    if (span) span.to ??= index;
  }
}
