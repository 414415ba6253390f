import { Button, CopyButton, Modal, TextInput } from "@mantine/core";
import { IconCheck, IconLink } from "@tabler/icons-react";
import { useId, useState } from "react";
import { type Chat, useChangeChat, type Visibility } from "@/api/chats";
import { explain } from "@/api/client";
import classes from "./share-dialog.module.css";
import { useOpened } from "./use-opened";

const CHOICES: { visibility: Visibility; label: string; what: string }[] = [
  { visibility: "private", label: "Private", what: "Only you can read this chat." },
  {
    visibility: "public",
    label: "Anyone with the link",
    what: "They can read it without an account. They cannot write in it.",
  },
];

/** Who may read a chat, and the address to give them. */
export default function ShareDialog(props: { chat: Chat; opened: boolean; onClose: () => void }) {
  const { chat } = props;
  const opened = useOpened(props.opened);
  const change = useChangeChat();
  const name = useId();
  // What was picked stands at once, and again as it was if the server refuses.
  const [picked, setPicked] = useState<Visibility | null>(null);
  const link = `${location.origin}/chat/${chat.id}`;
  return (
    <Modal opened={opened} onClose={props.onClose} title="Who can read this chat?" size="md">
      <div role="radiogroup" aria-label="Who can read this chat?" aria-busy={change.isPending}>
        {CHOICES.map(({ visibility, label, what }) => (
          <label key={visibility} className={classes.choice}>
            <input
              type="radio"
              name={name}
              checked={visibility === (picked ?? chat.visibility)}
              onChange={() => {
                setPicked(visibility);
                change.mutate({ id: chat.id, visibility }, { onSettled: () => setPicked(null) });
              }}
            />
            <span>
              <b>{label}</b>
              <span className={classes.what}>{what}</span>
            </span>
          </label>
        ))}
      </div>
      {change.error ? (
        <p className={classes.trouble} role="alert">
          Not changed. {explain(change.error)}
        </p>
      ) : null}
      {chat.visibility === "public" ? (
        <>
          <div className={classes.link}>
            <TextInput
              aria-label="Link to this chat"
              readOnly
              value={link}
              onFocus={(event) => event.currentTarget.select()}
            />
            <CopyButton value={link}>
              {({ copied, copy }) => (
                <Button
                  leftSection={copied ? <IconCheck size={16} /> : <IconLink size={16} />}
                  onClick={copy}
                >
                  {copied ? "Copied" : "Copy link"}
                </Button>
              )}
            </CopyButton>
          </div>
          <p className={classes.note}>
            They see your questions, your pictures and the answers, also those still to come. They do not see
            your prompts, tokens and costs.
          </p>
        </>
      ) : null}
    </Modal>
  );
}
