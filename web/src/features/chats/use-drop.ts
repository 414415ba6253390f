import { useEffect, useRef, useState } from "react";

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;

/** Takes files that are dropped anywhere on the page; answers whether some are held over it now. */
export function useDrop(onDrop: (data: DataTransfer) => void): boolean {
  const [over, setOver] = useState(false);
  const drop = useRef(onDrop);
  useEffect(() => {
    drop.current = onDrop;
  });

  useEffect(() => {
    // Every element on the way tells of its own coming and going: only the balance says whether any is left.
    let inside = 0;
    const move = (step: 1 | -1) => (event: DragEvent) => {
      if (!hasFiles(event)) return;
      inside = Math.max(0, inside + step);
      setOver(inside > 0);
    };
    const enter = move(1);
    const leave = move(-1);
    // Not prevented, the browser would leave the page for the file.
    const hover = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const land = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      inside = 0;
      setOver(false);
      if (event.dataTransfer) drop.current(event.dataTransfer);
    };
    addEventListener("dragenter", enter);
    addEventListener("dragleave", leave);
    addEventListener("dragover", hover);
    addEventListener("drop", land);
    return () => {
      removeEventListener("dragenter", enter);
      removeEventListener("dragleave", leave);
      removeEventListener("dragover", hover);
      removeEventListener("drop", land);
    };
  }, []);

  return over;
}
