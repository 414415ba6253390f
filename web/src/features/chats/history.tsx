import { ActionIcon, Button, Group, Loader, Menu, Modal, Skeleton, TextInput } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type ChatRow, historyQuery, useDeleteChat, useRenameChat } from "@/api/chats";
import { explain } from "@/api/client";
import { Confirm } from "@/components/confirm";
import classes from "./history.module.css";
import { group } from "./history-groups";

/** The sidebar's list of chats; more come as its end is scrolled into view. */
export function History() {
  const history = useInfiniteQuery(historyQuery);
  const [renamed, setRenamed] = useState<ChatRow | null>(null);
  const [doomed, setDoomed] = useState<ChatRow | null>(null);
  const end = useIntersection({ rootMargin: "200px" });
  const wanted = end.entry?.isIntersecting && history.hasNextPage && !history.isFetching && !history.isError;
  const { fetchNextPage } = history;

  useEffect(() => {
    if (wanted) void fetchNextPage();
  }, [wanted, fetchNextPage]);

  if (history.isPending) {
    return (
      <div aria-busy="true" role="status" aria-label="Loading your chats">
        {[72, 56, 84, 60, 76].map((width) => (
          <Skeleton key={width} h={18} w={`${width}%`} mx={10} my={14} />
        ))}
      </div>
    );
  }
  if (history.isError && !history.data) {
    return (
      <div className={classes.note} role="alert">
        <p>{explain(history.error)}</p>
        <Button size="compact-sm" variant="default" onClick={() => void history.refetch()}>
          Try again
        </Button>
      </div>
    );
  }
  const chats = history.data.pages.flatMap((page) => page.chats);
  if (chats.length === 0) return <p className={classes.note}>Your chats will be kept here.</p>;
  return (
    <nav aria-label="Chats">
      {group(chats, new Date()).map((entry) => (
        <section key={entry.name} aria-label={entry.name}>
          <h2 className={classes.heading}>{entry.name}</h2>
          <ul className={classes.list}>
            {entry.chats.map((chat) => (
              <li key={chat.id} className={classes.row}>
                <Link to="/chat/$id" params={{ id: chat.id }} title={chat.title} preload={false}>
                  {chat.title}
                </Link>
                <RowMenu chat={chat} onRename={() => setRenamed(chat)} onDelete={() => setDoomed(chat)} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <div ref={end.ref} className={classes.note}>
        {history.isFetchingNextPage ? <Loader size={16} aria-label="Loading older chats" /> : null}
        {history.isFetchNextPageError ? (
          <Button size="compact-sm" variant="default" onClick={() => void fetchNextPage()}>
            Older chats did not load. Try again
          </Button>
        ) : null}
      </div>
      {renamed ? <RenameChat chat={renamed} onClose={() => setRenamed(null)} /> : null}
      <DeleteChat chat={doomed} onClose={() => setDoomed(null)} />
    </nav>
  );
}

function RowMenu(props: { chat: ChatRow; onRename: () => void; onDelete: () => void }) {
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon
          className={classes.menu}
          variant="subtle"
          color="gray"
          aria-label={`More for “${props.chat.title}”`}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={props.onRename}>
          Rename
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} />} c="var(--q-danger)" onClick={props.onDelete}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function RenameChat({ chat, onClose }: { chat: ChatRow; onClose: () => void }) {
  const rename = useRenameChat();
  const [title, setTitle] = useState(chat.title);
  const blank = title.trim() === "";
  return (
    <Modal opened onClose={onClose} title="Rename this chat" size="sm">
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

function DeleteChat({ chat, onClose }: { chat: ChatRow | null; onClose: () => void }) {
  const remove = useDeleteChat();
  const navigate = useNavigate();
  const open = useParams({ strict: false }).id;

  function confirm() {
    if (!chat) return;
    remove.mutate(chat.id, {
      onSuccess: () => {
        onClose();
        if (open === chat.id) void navigate({ to: "/" });
      },
    });
  }

  return (
    <Confirm
      opened={chat !== null}
      title="Delete this chat?"
      action="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      “{chat?.title}” and all its messages will be gone for good.
    </Confirm>
  );
}
