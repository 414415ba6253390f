import { ActionIcon, Tooltip } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { memo, useRef, useState } from "react";
import { Attachments } from "./attachment";
import { Copy } from "./copy";
import classes from "./message.module.css";
import { type Message, textOf } from "./messages";
import { QuestionEditor } from "./question-editor";

export interface QuestionActs {
  /** Asks this text in the question's place; rejects where the server would not. */
  edit: (message: Message, text: string) => Promise<void>;
}

export const Question = memo(function Question(props: {
  message: Message;
  /** How many messages an edit removes beside this one. */
  after: number;
  acts?: QuestionActs;
}) {
  const { message, acts } = props;
  const [editing, setEditing] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const text = textOf(message);

  if (editing && acts) {
    return (
      <article className={classes.user} aria-label="You">
        <QuestionEditor
          text={text}
          after={props.after}
          mayBeBlank={message.parts.some((part) => part.type === "file")}
          onSend={(changed) => acts.edit(message, changed)}
          onClose={() => {
            setEditing(false);
            setTimeout(() => pencil.current?.focus(), 0);
          }}
        />
      </article>
    );
  }
  return (
    <div className={classes.question}>
      <article className={classes.user} aria-label="You">
        <Attachments message={message} />
        {text ? <div className={classes.bubble}>{text}</div> : null}
      </article>
      <div className={classes.tools}>
        {text ? <Copy text={text} label="Copy the question" /> : null}
        {acts ? (
          <Tooltip label="Edit">
            <ActionIcon
              ref={pencil}
              variant="subtle"
              color="gray"
              size={32}
              aria-label="Edit the question"
              onClick={() => setEditing(true)}
            >
              <IconPencil size={17} />
            </ActionIcon>
          </Tooltip>
        ) : null}
      </div>
    </div>
  );
});
