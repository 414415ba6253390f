import { useEffect, useState } from "react";
import { plural } from "@/lib/format";
import classes from "./message.module.css";

/** "8 s", "1 min 5 s". */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** How long something lasted that was seen from its beginning; null where it was not. */
function useSeconds(lasting: boolean, live: boolean): number | null {
  const [seconds, setSeconds] = useState<number | null>(null);
  useEffect(() => {
    if (!lasting || !live) return;
    const start = performance.now();
    return () => setSeconds(Math.round((performance.now() - start) / 1_000));
  }, [lasting, live]);
  return seconds;
}

/** What a model thought before it answered, folded. */
export function Thinking(props: {
  text: string;
  /** It is still thinking. */
  now: boolean;
  /** It is heard as it thinks: a replay would have it think in no time. */
  live: boolean;
  tokens: number | undefined;
}) {
  const seconds = useSeconds(props.now, props.live);
  if (props.text.trim() === "") return null;
  const past = seconds !== null && seconds > 0 ? `Thought for ${duration(seconds)}` : "Thoughts";
  return (
    <details className={classes.thinking}>
      <summary>
        {props.now ? "Thinking …" : past}
        {props.tokens && !props.now ? <span> · {plural(props.tokens, "token")}</span> : null}
      </summary>
      <p>{props.text}</p>
    </details>
  );
}
