import { Loader } from "@mantine/core";
import type { ReactNode } from "react";
import { explain } from "@/api/client";
import classes from "./message.module.css";
import { Notice } from "./notice";
import type { Turns } from "./use-turns";

/** What stands at the end of a transcript while something goes on there, or when it went wrong. */
export function Ending({
  turns,
  onAgain,
  onEdit,
}: {
  turns: Turns;
  onAgain: () => void;
  onEdit: () => void;
}) {
  const asks = turns.messages.at(-1)?.role === "user";
  const again = { label: "Try again", act: onAgain };
  const waitsForPick = turns.chat?.comparison != null;
  const silent = turns.status === "ready" && !turns.running && !turns.refusal && !waitsForPick;
  return (
    <>
      {turns.status === "submitted" && asks && !turns.resumed ? <Waiting>Sending …</Waiting> : null}
      {turns.running || (turns.status === "submitted" && turns.resumed) ? (
        <Waiting>Answer in progress …</Waiting>
      ) : null}
      {turns.reconnecting ? <Waiting>Connection lost. Reconnecting …</Waiting> : null}
      {turns.refusal ? (
        <Notice kind="failed" actions={asks ? [again, { label: "Edit", act: onEdit }] : [again]}>
          Not sent. {explain(turns.refusal)}
        </Notice>
      ) : null}
      {turns.unsaved ? <Notice kind="failed">{turns.unsaved}</Notice> : null}
      {turns.kept ? (
        <Notice kind={turns.kept.outcome === "stopped" ? "stopped" : "failed"} actions={[again]}>
          {turns.kept.outcome === "stopped"
            ? "Stopped before a new answer began; the one before was kept."
            : `There is no new answer; the one before was kept. ${turns.kept.message ?? ""}`}
        </Notice>
      ) : null}
      {silent && asks && turns.chat ? (
        <Notice kind="failed" actions={[again]}>
          This question has no answer.
        </Notice>
      ) : null}
    </>
  );
}

function Waiting({ children }: { children: ReactNode }) {
  return (
    <div className={classes.waiting}>
      <Loader size={16} aria-hidden="true" />
      {children}
    </div>
  );
}
