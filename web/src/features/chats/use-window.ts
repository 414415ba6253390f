import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** How many messages are put on the page at a time. */
export const STEP = 20;

/**
 * Of a long transcript only the end is put on the page; scrolling up brings what is above, without moving what is
 * read. Answers where to begin, and what is to stand above the first.
 */
export function useWindow(length: number) {
  const [from, setFrom] = useState(() => Math.max(0, length - STEP));
  const mark = useRef<HTMLDivElement>(null);
  // How far the reader is from the end, while what is above changes.
  const away = useRef<number | null>(null);
  const start = Math.max(0, Math.min(from, length - 1));

  useEffect(() => {
    const box = mark.current?.closest("[data-scrolls]");
    if (start === 0 || !mark.current || !box) return;
    // A new one for every step: it says at once whether the mark is in sight still.
    const near = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        away.current = box.scrollHeight - box.scrollTop;
        setFrom(Math.max(0, start - STEP));
      },
      { root: box, rootMargin: "800px 0px 0px" },
    );
    near.observe(mark.current);
    return () => near.disconnect();
  }, [start]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands above has changed with the start.
  useLayoutEffect(() => {
    const box = mark.current?.closest("[data-scrolls]");
    if (box && away.current !== null) box.scrollTop = box.scrollHeight - away.current;
    away.current = null;
  }, [start]);

  return { start, mark };
}
