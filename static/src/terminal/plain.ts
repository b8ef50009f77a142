// eslint-disable-next-line no-control-regex -- these are the terminal's control sequences
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~])/g;
// eslint-disable-next-line no-control-regex -- control characters have no place in plain text
const CONTROLS = /[\u0000-\u0007\u000b-\u001f\u007f]/g;

export function plain(text: string): string {
  const lines = text.replace(SEQUENCES, "").replace(/\r\n/g, "\n").split("\n").map(overwritten);
  return backspaced(lines.join("\n")).replace(CONTROLS, "");
}

/** A carriage return goes back to the start of the line, and what follows it takes the place of what was there. */
function overwritten(line: string): string {
  return line.slice(line.lastIndexOf("\r", line.length - 2) + 1);
}

/** Every backspace takes away the character before it on the same line. */
function backspaced(text: string): string {
  if (!text.includes("\b")) return text;
  const kept: string[] = [];
  for (const character of text) {
    if (character !== "\b") kept.push(character);
    else if (kept.length > 0 && kept.at(-1) !== "\n") kept.pop();
  }
  return kept.join("");
}
