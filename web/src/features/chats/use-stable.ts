import { useEffect, useRef, useState } from "react";

/** Functions that stay the same while what they do changes: whoever gets them need not be rendered again. */
export function useStable<T extends object>(acts: T): T {
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });
  const [stable] = useState(() => {
    const call = (name: string) => (args: unknown[]) => {
      const act = latest.current[name as keyof T] as (...args: unknown[]) => unknown;
      return act(...args);
    };
    const entries = Object.keys(acts).map((name) => [name, (...args: unknown[]) => call(name)(args)]);
    return Object.fromEntries(entries) as T;
  });
  return stable;
}
