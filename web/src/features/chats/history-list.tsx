import { ActionIcon, Button, Loader, Menu, Skeleton, VisuallyHidden } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { IconDots, IconPencil, IconTrash, IconWorld } from "@tabler/icons-react";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { ChatRow } from "@/api/chats";
import { explain } from "@/api/client";
import { plural } from "@/lib/format";
import { excerpt, highlight, type Stretch } from "./highlight";
import classes from "./history.module.css";
import type { Asked } from "./history-dialogs";
import { group } from "./history-groups";

/** Chats under their days; more come as the end is scrolled into view. `q` is marked where it stands. */
export function HistoryList(props: {
  list: UseInfiniteQueryResult<InfiniteData<{ chats: ChatRow[] }>>;
  q: string;
  onAsk: (asked: Asked) => void;
}) {
  const { list, q, onAsk } = props;
  const end = useIntersection({ rootMargin: "200px" });
  const wanted = end.entry?.isIntersecting && list.hasNextPage && !list.isFetching && !list.isError;
  const { fetchNextPage } = list;
  useEffect(() => {
    if (wanted) void fetchNextPage();
  }, [wanted, fetchNextPage]);

  if (list.isPending) return <Waiting label="Loading your chats" />;
  if (!list.data) {
    return (
      <div className={classes.note} role="alert">
        <p>{explain(list.error)}</p>
        <Button size="compact-sm" variant="default" onClick={() => void list.refetch()}>
          Try again
        </Button>
      </div>
    );
  }
  const chats = list.data.pages.flatMap((page) => page.chats);
  const more = list.hasNextPage ? " or more" : "";
  return (
    <div aria-busy={list.isPlaceholderData}>
      <VisuallyHidden role="status">
        {q === "" ? "" : `${plural(chats.length, "chat")}${more} found`}
      </VisuallyHidden>
      {chats.length === 0 ? (
        <p className={classes.note}>
          {q === "" ? "Your chats will be kept here." : `“${q}” stands in none of your chats.`}
        </p>
      ) : null}
      {group(chats, new Date()).map((entry) => (
        <section key={entry.name} aria-label={entry.name}>
          <h2 className={classes.heading}>{entry.name}</h2>
          <ul className={classes.list}>
            {entry.chats.map((chat) => (
              <li key={chat.id} className={classes.row}>
                <Link to="/chat/$id" params={{ id: chat.id }} title={chat.title} preload={false}>
                  <span className={classes.title}>
                    {chat.visibility === "public" ? (
                      <IconWorld size={14} role="img" aria-label="Shared" className={classes.shared} />
                    ) : null}
                    {highlight(chat.title, q).map(marked)}
                  </span>
                  {chat.snippet ? (
                    <span className={classes.snippet}>{excerpt(chat.snippet, q).map(marked)}</span>
                  ) : null}
                </Link>
                <RowMenu chat={chat} onAsk={onAsk} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <div ref={end.ref} className={classes.end}>
        {list.isFetchingNextPage ? <Loader size={16} aria-label="Loading older chats" /> : null}
        {list.isFetchNextPageError ? (
          <Button size="compact-sm" variant="default" onClick={() => void fetchNextPage()}>
            Older chats did not load. Try again
          </Button>
        ) : null}
      </div>
    </div>
  );
}

function marked({ text, hit }: Stretch, place: number) {
  return hit ? <mark key={place}>{text}</mark> : <span key={place}>{text}</span>;
}

function RowMenu({ chat, onAsk }: { chat: ChatRow; onAsk: (asked: Asked) => void }) {
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon
          className={classes.menu}
          variant="subtle"
          color="gray"
          aria-label={`More for “${chat.title}”`}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onAsk({ what: "rename", chat })}>
          Rename
        </Menu.Item>
        <Menu.Item
          leftSection={<IconTrash size={16} />}
          c="var(--q-danger)"
          onClick={() => onAsk({ what: "delete", chat })}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function Waiting({ label }: { label: string }) {
  return (
    <div aria-busy="true" role="status" aria-label={label}>
      {[72, 56, 84, 60, 76].map((width) => (
        <Skeleton key={width} h={18} w={`${width}%`} mx={10} my={14} />
      ))}
    </div>
  );
}
