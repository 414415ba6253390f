import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconDots, IconLock, IconWorld } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, useState } from "react";
import type { Chat } from "@/api/chats";
import { modelsQuery } from "@/api/models";
import { plural, short } from "@/lib/format";
import classes from "./chat-header.module.css";
import { dollars, type Spent, spent } from "./cost";
import { Late } from "./late";
import type { Message } from "./messages";

const ChatMenu = lazy(() => import("./chat-menu"));
const ShareDialog = lazy(() => import("./share-dialog"));

/** What a chat is called, what it took, who may read it, and what can be done with the whole of it. */
export default function ChatHeader({
  title,
  chat,
  messages,
}: {
  title: string;
  /** Undefined while the server is not asked yet. */
  chat: Chat | undefined;
  messages: Message[];
}) {
  const { data: models } = useQuery(modelsQuery);
  const [wanted, setWanted] = useState<"menu" | "share" | null>(null);
  const [seen, setSeen] = useState({ menu: false, share: false });
  const isLocal = (id: string) => models?.[id]?.provider === "local";
  const total = chat?.totalTokens ?? 0;
  const costs = spent(messages, total, isLocal);
  const open = (what: "menu" | "share") => {
    setSeen({ ...seen, [what]: true });
    setWanted(what);
  };
  const more = (
    <ActionIcon variant="subtle" color="gray" size={36} aria-label="More for this chat" aria-haspopup="menu">
      <IconDots size={18} />
    </ActionIcon>
  );
  const isPublic = chat?.visibility === "public";
  return (
    <header className={classes.header}>
      <h1 title={title}>{title}</h1>
      {chat ? (
        <>
          {total > 0 ? <Total total={total} costs={costs} /> : null}
          <Tooltip label={isPublic ? "Anyone with the link can read this" : "Only you can read this"}>
            <Button
              className={classes.share}
              size="compact-sm"
              variant="subtle"
              color="gray"
              fw={500}
              leftSection={
                isPublic ? (
                  <IconWorld size={16} aria-hidden="true" />
                ) : (
                  <IconLock size={16} aria-hidden="true" />
                )
              }
              onClick={() => open("share")}
            >
              {isPublic ? "Shared" : "Share"}
            </Button>
          </Tooltip>
          {seen.menu ? (
            <Late fallback={more}>
              <ChatMenu
                chat={chat}
                costs={costs}
                opened={wanted === "menu"}
                onOpened={(opened) => setWanted(opened ? "menu" : null)}
                target={more}
              />
            </Late>
          ) : (
            <ActionIcon {...more.props} onClick={() => open("menu")}>
              <IconDots size={18} />
            </ActionIcon>
          )}
          {seen.share ? (
            <Late>
              <ShareDialog chat={chat} opened={wanted === "share"} onClose={() => setWanted(null)} />
            </Late>
          ) : null}
        </>
      ) : null}
    </header>
  );
}

function Total({ total, costs }: { total: number; costs: Spent }) {
  // Turns that are not in the transcript any more cost something, too: a sum without them would be wrong.
  const cost = costs.isAll && costs.cost ? ` · ${dollars(costs.cost)}` : "";
  return (
    <span className={classes.total} title={`${plural(total, "token")} in all turns${cost}`}>
      {short(total)} tokens{cost}
    </span>
  );
}
