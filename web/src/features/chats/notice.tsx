import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./message.module.css";

/** A line in the transcript that says how a turn ended when it did not end well, and what to do about it. */
export function Notice(props: {
  kind: "stopped" | "failed";
  children: ReactNode;
  actions?: { label: string; act: () => void }[];
}) {
  return (
    <div
      className={classes.notice}
      data-kind={props.kind}
      role={props.kind === "failed" ? "alert" : undefined}
    >
      <p>{props.children}</p>
      {(props.actions ?? []).map((action) => (
        <Button key={action.label} size="xs" variant="default" onClick={action.act}>
          {action.label}
        </Button>
      ))}
    </div>
  );
}
