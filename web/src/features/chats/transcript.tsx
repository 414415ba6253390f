import { Loader } from "@mantine/core";
import { Fragment } from "react";
import { explain } from "@/api/client";
import { Answer, Marker, Question } from "./message";
import classes from "./message.module.css";
import { type Message, promptChanges, type Receipt, receiptOf } from "./messages";
import { Notice } from "./notice";
import type { useTurns } from "./use-turns";

export function Transcript(props: {
  turns: ReturnType<typeof useTurns>;
  onAgain?: (messageId: string) => void;
  onResend: () => void;
  onEdit: () => void;
}) {
  const { turns } = props;
  const last = turns.messages.at(-1);
  const receipts = receiptsBefore(turns.messages);
  return (
    <div role="log" aria-label="Conversation" aria-live="off">
      {turns.messages.map((message) => {
        if (message.role === "user") return <Question key={message.id} message={message} />;
        const changes = promptChanges(receipts.get(message.id), receiptOf(message));
        const isLast = message === last;
        return (
          <Fragment key={message.id}>
            {changes.length > 0 ? <Marker changes={changes} /> : null}
            <Answer
              message={message}
              streaming={isLast && turns.busy}
              onAgain={isLast && !turns.busy ? props.onAgain : undefined}
            />
          </Fragment>
        );
      })}
      {turns.status === "submitted" && last?.role === "user" ? <Waiting>Sending …</Waiting> : null}
      {turns.running ? <Waiting>Answer in progress …</Waiting> : null}
      {turns.reconnecting ? <Waiting>Connection lost. Reconnecting …</Waiting> : null}
      {turns.refusal ? (
        <Notice
          kind="failed"
          actions={[
            { label: "Try again", act: props.onResend },
            { label: "Edit", act: props.onEdit },
          ]}
        >
          Not sent. {explain(turns.refusal)}
        </Notice>
      ) : null}
    </div>
  );
}

/** For every answer, the receipt of the one before it. */
function receiptsBefore(messages: Message[]): Map<string, Receipt | undefined> {
  const before = new Map<string, Receipt | undefined>();
  let previous: Receipt | undefined;
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    before.set(message.id, previous);
    previous = receiptOf(message) ?? previous;
  }
  return before;
}

function Waiting({ children }: { children: string }) {
  return (
    <div className={classes.waiting}>
      <Loader size={16} aria-hidden="true" />
      {children}
    </div>
  );
}
