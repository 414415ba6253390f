import { Button, Textarea } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { explain } from "@/api/client";
import { plural } from "@/lib/format";
import { act } from "./composer-keys";
import classes from "./message.module.css";

/** A question while it is changed. Escape leaves it as it was; what is typed stays when the server refuses. */
export function QuestionEditor(props: {
  text: string;
  /** How many messages go with the old one. */
  after: number;
  /** It has pictures, which may go without a word. */
  mayBeBlank: boolean;
  onSend: (text: string) => Promise<void>;
  onClose: () => void;
}) {
  const [text, setText] = useState(props.text);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const sendable = (text.trim() !== "" || props.mayBeBlank) && !busy;

  async function send() {
    if (!sendable) return;
    setBusy(true);
    setError(null);
    try {
      await props.onSend(text.trim());
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      props.onClose();
    } else if (act(event.nativeEvent, text) === "send") {
      event.preventDefault();
      void send();
    }
  }

  return (
    <div className={classes.editor}>
      <Textarea
        aria-label="Your question, changed"
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={12}
        autoFocus
        onFocus={({ currentTarget }) =>
          currentTarget.setSelectionRange(currentTarget.value.length, currentTarget.value.length)
        }
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {error ? (
        <p className={classes.trouble} role="alert">
          Not changed. {explain(error)}
        </p>
      ) : null}
      <div className={classes.editing}>
        {props.after > 0 ? (
          <span>
            Sending removes {props.after === 1 ? "the message" : `the ${plural(props.after, "message")}`}{" "}
            below.
          </span>
        ) : null}
        <Button size="xs" variant="default" onClick={props.onClose}>
          Cancel
        </Button>
        <Button size="xs" disabled={!sendable} loading={busy} onClick={() => void send()}>
          Send
        </Button>
      </div>
    </div>
  );
}
