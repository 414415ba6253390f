/** localStorage that may be full, closed or absent: reading then finds nothing, writing keeps nothing. */
export function read(key: string): string | null {
  try {
    return localStorage.getItem(`quartet:${key}`);
  } catch {
    return null;
  }
}

export function write(key: string, value: string | null): void {
  try {
    if (value === null || value === "") localStorage.removeItem(`quartet:${key}`);
    else localStorage.setItem(`quartet:${key}`, value);
  } catch {
    // Nothing to do: the page keeps working from memory.
  }
}
