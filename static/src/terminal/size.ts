/** The terminal's size in characters, as the program is told it. The terminal panel keeps it up to date. */
let size = { columns: 80, rows: 24 };

export function terminalSize(): { columns: number; rows: number } {
  return size;
}

export function setTerminalSize(columns: number, rows: number): void {
  const clamp = (value: number) => Math.max(1, Math.min(500, value));
  size = { columns: clamp(columns), rows: clamp(rows) };
}
