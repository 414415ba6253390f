import { Menu } from "@mantine/core";
import { IconCode, IconFileText, IconPencil, IconTrash } from "@tabler/icons-react";
import { type ReactElement, useState } from "react";
import { type Chat, exportAddress } from "@/api/chats";
import { plural } from "@/lib/format";
import { DeleteChat, RenameChat } from "./chat-dialogs";
import { dollars, type Spent } from "./cost";

const ICON = { size: 16, "aria-hidden": true } as const;

export default function ChatMenu(props: {
  chat: Chat;
  costs: Spent;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  target: ReactElement;
}) {
  const { chat, costs } = props;
  const [asked, setAsked] = useState<"rename" | "delete" | null>(null);
  // Each renaming begins with the title that the chat has then.
  const [renamed, setRenamed] = useState(0);
  const rename = () => {
    setRenamed(renamed + 1);
    setAsked("rename");
  };
  return (
    <>
      <Menu opened={props.opened} onChange={props.onOpened} position="bottom-end" shadow="md" width={240}>
        <Menu.Target>{props.target}</Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil {...ICON} />} onClick={rename}>
            Rename
          </Menu.Item>
          <Menu.Item
            leftSection={<IconFileText {...ICON} />}
            component="a"
            href={exportAddress(chat.id, "markdown")}
            download
          >
            Export as Markdown
          </Menu.Item>
          <Menu.Item
            leftSection={<IconCode {...ICON} />}
            component="a"
            href={exportAddress(chat.id, "json")}
            download
          >
            Export as JSON
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconTrash {...ICON} />}
            c="var(--q-danger)"
            onClick={() => setAsked("delete")}
          >
            Delete
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>
            {plural(chat.totalTokens, "token")} in all turns
            {costs.cost ? (
              <>
                <br />
                {dollars(costs.cost)} {costs.isAll ? "in all" : "for the answers that are here"}
              </>
            ) : null}
          </Menu.Label>
        </Menu.Dropdown>
      </Menu>
      <RenameChat key={renamed} chat={chat} opened={asked === "rename"} onClose={() => setAsked(null)} />
      <DeleteChat chat={chat} opened={asked === "delete"} onClose={() => setAsked(null)} />
    </>
  );
}
