import { useLayoutEffect, useRef } from "preact/hooks";
import type { State, Task } from "../fold/state";
import { speed, travelled } from "../playback/playback";
import { stillness } from "../ui/motion";
import { Icon } from "../ui/icons";

/** A queue names the first of its tasks; how many there are stands before them. */
const SHOWN = 8;

const Pid = ({ task }: { task: Task }) => (
  <code data-pid={task.pid} title={`${task.pid} ${task.name}`}>
    {task.pid}
  </code>
);

/** What the tasks that do not run wait for, and who waits there. */
function waitQueues(tasks: readonly Task[]): Map<string, Task[]> {
  const queues = new Map<string, Task[]>();
  for (const task of tasks) {
    const name = task.state === "stopped" ? "stopped" : task.note;
    queues.set(name, [...(queues.get(name) ?? []), task]);
  }
  return queues;
}

function Cpu({ state }: { state: State }) {
  const current = state.tasks.get(state.task);
  return (
    <div class="queue queue-cpu">
      <h4>CPU</h4>
      {state.switched && (
        <span class="leaves">
          <span class="visually-hidden">goes from</span> {state.switched.previous} <Icon name="right" size={12} />
          <span class="visually-hidden">to</span>
        </span>
      )}
      {current?.state === "running" || current?.state === "exited" ? (
        <span class="chip chip-cpu">
          <Pid task={current} />
        </span>
      ) : (
        <span class="chip-none">idle</span>
      )}
    </div>
  );
}

function Ready({ tasks }: { tasks: readonly Task[] }) {
  return (
    <div class="queue queue-ready">
      <h4>ready {tasks.length > 0 && tasks.length}</h4>
      {tasks.slice(0, SHOWN).map((task) => (
        <span key={task.pid} class="chip">
          <Pid task={task} />
        </span>
      ))}
      {tasks.length === 0 && <span class="chip-none">nobody</span>}
    </div>
  );
}

function Asleep({ tasks }: { tasks: readonly Task[] }) {
  return (
    <div class="queue queue-asleep">
      <h4>asleep {tasks.length > 0 && tasks.length}</h4>
      {[...waitQueues(tasks.slice(0, SHOWN))].map(([name, sleepers]) => (
        <span key={name} class={name === "stopped" ? "chip chip-stopped" : "chip chip-asleep"}>
          <Icon name={name === "stopped" ? "pause" : "clock"} size={12} />
          {name}
          {sleepers.map((task) => (
            <Pid key={task.pid} task={task} />
          ))}
        </span>
      ))}
      {tasks.length === 0 && <span class="chip-none">nobody</span>}
    </div>
  );
}

/** Let each task slide from where it stood to where it stands now. */
function useSliding(state: State) {
  const element = useRef<HTMLElement>(null);
  const before = useRef(new Map<string, DOMRect>());
  useLayoutEffect(() => {
    const now = new Map<string, DOMRect>();
    const moving = travelled.peek() && !stillness.peek() && speed.peek() <= 4;
    if (!moving) {
      before.current = now;
      return;
    }
    const chips = [...(element.current?.querySelectorAll<HTMLElement>("[data-pid]") ?? [])];
    for (const chip of chips) for (const slide of chip.getAnimations()) slide.cancel();
    for (const chip of chips) {
      const pid = chip.dataset["pid"] ?? "";
      const place = chip.getBoundingClientRect();
      const from = before.current.get(pid);
      now.set(pid, place);
      if (!from || Math.hypot(from.x - place.x, from.y - place.y) < 4) continue;
      chip.animate([{ transform: `translate(${from.x - place.x}px, ${from.y - place.y}px)` }, { transform: "none" }], {
        duration: 320 / speed.peek(),
        easing: "cubic-bezier(0.2, 0.7, 0.2, 1)",
      });
    }
    before.current = now;
  }, [state.index]);
  return element;
}

/** Who has the CPU, who could use it, and who sleeps: the room where tasks change places. */
export function Scheduler({ state }: { state: State }) {
  const element = useSliding(state);
  const active = state.place === "scheduler";
  const tasks = [...state.tasks.values()];
  return (
    <section
      ref={element}
      class={active ? "room room-scheduler active" : "room room-scheduler"}
      data-testid="scheduler"
    >
      <h3>Scheduler</h3>
      <Cpu state={state} />
      <Ready tasks={tasks.filter((task) => task.state === "ready")} />
      <Asleep tasks={tasks.filter((task) => task.state === "waiting" || task.state === "stopped")} />
    </section>
  );
}
