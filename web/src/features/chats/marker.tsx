import { TypeIcon } from "@/components/type-icon";
import classes from "./message.module.css";
import type { PromptChange } from "./messages";

/** A line in the transcript where the system prompt changed. */
export function Marker({ changes, pending = false }: { changes: PromptChange[]; pending?: boolean }) {
  if (changes.length === 0) return null;
  return (
    <div className={classes.marker} role="note" aria-label="The system prompt changed here">
      {pending ? <span>From the next answer on:</span> : null}
      {changes.map((change) => (
        <span key={change.type} className={classes.change}>
          {change.type === "preset" ? null : <TypeIcon type={change.type} size={14} />}
          {change.text}
        </span>
      ))}
    </div>
  );
}
