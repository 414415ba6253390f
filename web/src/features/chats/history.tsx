import { ActionIcon, CloseButton, Menu, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDots, IconSearch, IconTrash } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { lazy, useState } from "react";
import { foundChatsQuery, historyQuery } from "@/api/chats";
import classes from "./history.module.css";
import type { Asked } from "./history-dialogs";
import { HistoryList, Waiting } from "./history-list";
import { Late } from "./late";

const Dialogs = lazy(() => import("./history-dialogs"));

interface Asking {
  asked: Asked;
  opened: boolean;
  /** Counts the dialogs: each begins afresh. */
  turn: number;
}

/** The sidebar's list of chats, and the search in all that was said in them. */
export function History() {
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search.trim(), 250);
  const q = search.trim() === "" ? "" : settled;
  const [asking, setAsking] = useState<Asking | null>(null);
  const ask = (asked: Asked) => setAsking({ asked, opened: true, turn: (asking?.turn ?? 0) + 1 });
  const history = useInfiniteQuery(historyQuery);
  const found = useInfiniteQuery({
    ...foundChatsQuery(q),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  const searching = search.trim() !== "";
  const some = (history.data?.pages[0]?.chats.length ?? 0) > 0;
  return (
    <nav aria-label="Chats">
      {some ? (
        <div className={classes.tools}>
          <TextInput
            size="xs"
            className={classes.search}
            aria-label="Search your chats"
            placeholder="Search your chats"
            leftSection={<IconSearch size={14} aria-hidden="true" />}
            rightSection={
              searching ? (
                <CloseButton
                  size={22}
                  iconSize={14}
                  aria-label="Clear the search"
                  onClick={() => setSearch("")}
                />
              ) : null
            }
            maxLength={200}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            // The drawer would close before the search is cleared.
            data-mantine-stop-propagation={searching}
            onKeyDown={(event) => event.key === "Escape" && setSearch("")}
          />
          <More onDeleteAll={() => ask({ what: "delete all" })} />
        </div>
      ) : null}
      {searching && (q === "" || (found.isPending && !found.isError)) ? (
        <Waiting label="Searching your chats" />
      ) : (
        <HistoryList list={searching ? found : history} q={q} onAsk={ask} />
      )}
      {asking ? (
        <Late>
          <Dialogs
            key={asking.turn}
            asked={asking.asked}
            opened={asking.opened}
            onClose={() => setAsking({ ...asking, opened: false })}
          />
        </Late>
      ) : null}
    </nav>
  );
}

function More({ onDeleteAll }: { onDeleteAll: () => void }) {
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={30} aria-label="More for your chats">
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconTrash size={16} />} c="var(--q-danger)" onClick={onDeleteAll}>
          Delete all chats
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
