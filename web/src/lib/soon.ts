/** Act a moment after the page stands: what is typed meanwhile goes first. Returns what takes it back. */
export function soon(act: () => void): () => void {
  const timer = setTimeout(act, 250);
  return () => clearTimeout(timer);
}
