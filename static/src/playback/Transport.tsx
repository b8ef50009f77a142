import { useComputed } from "@preact/signals";

import {
  atEnd,
  callBack,
  callForward,
  count,
  index,
  jump,
  playing,
  several,
  speed,
  state,
  SPEEDS,
  stepBack,
  stepForward,
  streaming,
  togglePlay,
  toEnd,
  toStart,
} from "./playback";
import { Lanes, Marks } from "./Timeline";
import { Icon, type IconName } from "../ui/icons";

interface ButtonProps {
  id: string;
  icon: IconName;
  label: string;
  keys: string;
  disabled: boolean;
  press: () => void;
}

function Button({ id, icon, label, keys, disabled, press }: ButtonProps) {
  return (
    <button
      type="button"
      class={`transport-${id}`}
      data-testid={id}
      aria-label={label}
      aria-keyshortcuts={keys}
      title={`${label} (${keys.replace("ArrowLeft", "←").replace("ArrowRight", "→")})`}
      disabled={disabled}
      onClick={press}
    >
      <Icon name={icon} />
    </button>
  );
}

export function Scrubber() {
  const words = useComputed(() =>
    count.value === 0
      ? "Nothing to play yet"
      : `Event ${index.value + 1} of ${count.value}. ${state.value.sentence || "Before the first event"}`,
  );
  const part = count.value === 0 ? 0 : ((index.value + 1) / count.value) * 100;
  return (
    <div class={several.value ? "scrubber scrubber-lanes" : "scrubber"}>
      {several.value ? <Lanes /> : <Marks />}
      <input
        type="range"
        data-testid="scrubber"
        aria-label="Position in the run"
        aria-valuetext={words.value}
        min={-1}
        max={Math.max(0, count.value - 1)}
        step={1}
        value={index.value}
        disabled={count.value === 0}
        style={{ "--part": `${part}%` }}
        onInput={(event) => jump(Number(event.currentTarget.value))}
      />
    </div>
  );
}

const speedName = (value: number) => (value === Infinity ? "instant" : `${value}×`);

export function Transport() {
  const none = count.value === 0;
  const first = index.value < 0;
  const last = atEnd.value;
  const stalled = none || (last && !streaming.value);
  return (
    <div class={several.value ? "transport transport-lanes" : "transport"} role="group" aria-label="Playback">
      <div class="buttons">
        <Button id="to-start" icon="start" label="To the start" keys="Home" disabled={none || first} press={toStart} />
        <Button id="call-back" icon="callBack" label="Back one system call" keys="Shift+ArrowLeft" disabled={none || first} press={callBack} />
        <Button id="step-back" icon="back" label="Back one event" keys="ArrowLeft" disabled={none || first} press={stepBack} />
        <Button
          id="play"
          icon={playing.value && !none ? "pause" : "play"}
          label={playing.value && !none ? "Pause" : stalled && !none ? "Play again" : "Play"}
          keys="Space"
          disabled={none}
          press={togglePlay}
        />
        <Button id="step-forward" icon="forward" label="Forward one event" keys="ArrowRight" disabled={none || last} press={stepForward} />
        <Button id="call-forward" icon="callForward" label="Forward one system call" keys="Shift+ArrowRight" disabled={none || last} press={callForward} />
        <Button id="to-end" icon="end" label="To the end" keys="End" disabled={none || last} press={toEnd} />
      </div>
      <Scrubber />
      <p class="position" aria-hidden="true">
        {index.value + 1}
        <span> / {count.value}</span>
      </p>
      <label class="pick speed">
        <span class="visually-hidden">Speed</span>
        <select
          data-testid="speed"
          value={String(speed.value)}
          onChange={(event) => (speed.value = Number(event.currentTarget.value))}
        >
          {SPEEDS.map((value) => (
            <option key={value} value={String(value)}>
              {speedName(value)}
            </option>
          ))}
        </select>
        <Icon name="chevron" size={12} />
      </label>
    </div>
  );
}

