import { useCallback, useEffect, useRef, useState } from "react";

const NEAR_PX = 80;

/** While active, keeps a growing box scrolled to its end for as long as the reader has not scrolled away from it. */
export function useStick(active: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const pinned = useRef(true);
  const [away, setAway] = useState(false);

  const toEnd = useCallback(() => {
    pinned.current = true;
    setAway(false);
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, []);

  useEffect(() => {
    const outer = box.current;
    if (!active || !outer || !inner.current) return;
    let top = outer.scrollTop;
    const onScroll = () => {
      // Told late: the box may have grown since it was scrolled to its end. Only who goes up leaves the end.
      const near = outer.scrollHeight - outer.scrollTop - outer.clientHeight < NEAR_PX;
      if (near || outer.scrollTop < top) pinned.current = near;
      top = outer.scrollTop;
      setAway(!pinned.current);
    };
    const grown = new ResizeObserver(() => {
      if (pinned.current) outer.scrollTop = outer.scrollHeight;
    });
    outer.addEventListener("scroll", onScroll, { passive: true });
    grown.observe(inner.current);
    grown.observe(outer);
    return () => {
      outer.removeEventListener("scroll", onScroll);
      grown.disconnect();
    };
  }, [active]);

  return { box, inner, away, toEnd };
}
