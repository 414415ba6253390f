/**
 * Remembers where the focus may go on when the list item around `element` is gone: the next one, or the one before,
 * else the page.
 */
export function neighbour(element: Element | null): () => void {
  const item = element?.closest("li");
  const next = item?.nextElementSibling ?? item?.previousElementSibling;
  return () => {
    const target = next?.isConnected ? next.querySelector<HTMLElement>("a, button") : null;
    (target ?? document.getElementById("content"))?.focus();
  };
}
