/** localStorage that may be missing, full or forbidden: then nothing is remembered and nothing breaks. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`trapgate.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`trapgate.${key}`, value);
  } catch {
    // A full or forbidden storage only costs the memory of this value.
  }
}
