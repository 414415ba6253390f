import { ActionIcon, Button, Loader, Skeleton } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type ChatSummary, historyQuery, useDeleteChat } from "@/api/chats";
import { explain } from "@/api/client";
import { Confirm } from "@/components/confirm";
import classes from "./history.module.css";
import { group } from "./history-groups";

/** The sidebar's list of chats; more come as its end is scrolled into view. */
export function History() {
  const history = useInfiniteQuery(historyQuery);
  const [doomed, setDoomed] = useState<ChatSummary | null>(null);
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
                <ActionIcon
                  className={classes.delete}
                  variant="subtle"
                  color="gray"
                  aria-label={`Delete “${chat.title}”`}
                  onClick={() => setDoomed(chat)}
                >
                  <IconTrash size={16} />
                </ActionIcon>
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
      <DeleteChat chat={doomed} onClose={() => setDoomed(null)} />
    </nav>
  );
}

function DeleteChat({ chat, onClose }: { chat: ChatSummary | null; onClose: () => void }) {
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
