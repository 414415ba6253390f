import { Button } from "@mantine/core";
import type { ImportPlan } from "@/api/exchange";
import { count, plural } from "@/lib/format";
import classes from "./import.module.css";
import type { Line } from "./import-choices";

const KINDS = [
  { kind: "components", one: "part", is: (line: Line) => line.type !== null },
  { kind: "presets", one: "preset", is: (line: Line) => line.type === null },
] as const;

/** What is chosen against what the plan has room for, before it comes to that. */
export function ImportRoom(props: { plan: ImportPlan; lines: Line[]; onLeaveOut: (lines: Line[]) => void }) {
  const tooMany = props.lines.filter((line) => line.tooMany);
  const words = KINDS.flatMap(({ kind, one, is }) => {
    const room = props.plan.room[kind];
    const fresh = props.lines.filter((line) => is(line) && line.on && !line.duplicateOf).length;
    if (room === null || fresh === 0) return [];
    return [`${plural(fresh, `new ${one}`)} chosen, room for ${room === 0 ? "none" : count(room)}`];
  });
  if (words.length === 0) return null;
  return (
    <div className={classes.room} data-over={tooMany.length > 0 || undefined} role="status">
      <p>
        Your plan: {words.join("; ")}.
        {tooMany.length > 0
          ? ` The last ${count(tooMany.length)} will be left out, unless you leave out others.`
          : null}
      </p>
      {tooMany.length > 0 ? (
        <Button size="xs" variant="default" onClick={() => props.onLeaveOut(tooMany)}>
          Leave those out
        </Button>
      ) : null}
    </div>
  );
}
