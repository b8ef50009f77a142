/** The few icons of the page, drawn on a 16 px grid. */
const PATHS = {
  play: "M4.5 2.6v10.8l9-5.4z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  stop: "M3.5 3.5h9v9h-9z",
  forward: "M4.2 2.8 9.6 8l-5.4 5.2zM10.8 2.8h2v10.4h-2z",
  back: "M11.8 2.8 6.4 8l5.4 5.2zM3.2 2.8h2v10.4h-2z",
  callForward: "M2 3l5 5-5 5zM8 3l5 5-5 5z",
  callBack: "M14 3 9 8l5 5zM8 3 3 8l5 5z",
  start: "M2 3h2v10H2zM14 3 9.6 8l4.4 5zM9 3 4.6 8 9 13z",
  end: "M12 3h2v10h-2zM2 3l4.4 5L2 13zM7 3l4.4 5L7 13z",
} as const;

const LINES = {
  check: "M3 8.5 6.5 12 13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  help: "M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1 .8-1 1.6M8 12.2v.2",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3",
  moon: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",
  screen: "M2 3h12v8H2zM6 14h4M8 11v3",
  share: "M6.5 9.5l3-3M7 4.5l1.2-1.2a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.2 1.2a3.2 3.2 0 0 1-4.5-4.5L4.5 7",
  left: "M13 8H3M6.5 4.5 3 8l3.5 3.5",
  right: "M3 8h10M9.5 4.5 13 8l-3.5 3.5",
  chevron: "M4 6l4 4 4-4",
  open: "M2 13V3.5h4l1.5 2H13V7M2 13l2-6h10.5L12.5 13z",
  chip: "M4 4h8v8H4zM6 1.5V4M10 1.5V4M6 12v2.5M10 12v2.5M1.5 6H4M1.5 10H4M12 6h2.5M12 10h2.5",
  warning: "M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1",
  clock: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 4.8V8l2.2 1.6",
} as const;

export type IconName = keyof typeof PATHS | keyof typeof LINES;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const filled = name in PATHS;
  const d = filled ? PATHS[name as keyof typeof PATHS] : LINES[name as keyof typeof LINES];
  return (
    <svg
      class={filled ? "icon icon-filled" : "icon"}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path d={d} />
    </svg>
  );
}

/** The mark of the product: two floors, one wall, one gate in it. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect class="logo-user" x="2" y="2" width="28" height="11" rx="3" />
      <rect class="logo-kernel" x="2" y="19" width="28" height="11" rx="3" />
      <path class="logo-wall" d="M2 16h8M22 16h8" />
      <path class="logo-way" d="M16 7v18" />
      <circle class="logo-token" cx="16" cy="16" r="4" />
    </svg>
  );
}
