import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type ChatRow, useChangeChat, useDeleteAllChats, useDeleteChat } from "@/api/chats";
import { explain } from "@/api/client";
import { Confirm } from "@/components/confirm";
import { useOpened } from "./use-opened";

interface Props {
  chat: Pick<ChatRow, "id" | "title">;
  opened: boolean;
  onClose: () => void;
}

export function RenameChat({ chat, opened: wanted, onClose }: Props) {
  const opened = useOpened(wanted);
  const rename = useChangeChat();
  const [title, setTitle] = useState(chat.title);
  const blank = title.trim() === "";
  return (
    <Modal opened={opened} onClose={onClose} title="Rename this chat" size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!blank) rename.mutate({ id: chat.id, title: title.trim() }, { onSuccess: onClose });
        }}
      >
        <TextInput
          label="Title"
          maxLength={200}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          error={rename.error ? explain(rename.error) : undefined}
          data-autofocus
        />
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={blank} loading={rename.isPending}>
            Rename
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

export function DeleteChat({ chat, opened: wanted, onClose }: Props) {
  const opened = useOpened(wanted);
  const remove = useDeleteChat();
  const navigate = useNavigate();
  const open = useParams({ strict: false }).id;

  function confirm() {
    remove.mutate(chat.id, {
      onSuccess: () => {
        onClose();
        if (open === chat.id) void navigate({ to: "/" });
      },
    });
  }

  return (
    <Confirm
      opened={opened}
      title="Delete this chat?"
      action="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      “{chat.title}” and all its messages will be gone for good.
    </Confirm>
  );
}

export function DeleteAllChats({ opened: wanted, onClose }: Omit<Props, "chat">) {
  const opened = useOpened(wanted);
  const remove = useDeleteAllChats();
  const navigate = useNavigate();
  const open = useParams({ strict: false }).id;

  function confirm() {
    remove.mutate(undefined, {
      onSuccess: () => {
        onClose();
        if (open !== undefined) void navigate({ to: "/" });
      },
    });
  }

  return (
    <Confirm
      opened={opened}
      title="Delete all your chats?"
      action="Delete all"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      Every chat and every message will be gone for good. Your parts and presets stay.
    </Confirm>
  );
}
