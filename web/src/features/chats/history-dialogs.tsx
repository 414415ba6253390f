import type { ChatRow } from "@/api/chats";
import { DeleteAllChats, DeleteChat, RenameChat } from "./chat-dialogs";

export type Asked = { what: "rename" | "delete"; chat: ChatRow } | { what: "delete all" };

/** What the sidebar asks before it does it. */
export default function HistoryDialogs(props: { asked: Asked; opened: boolean; onClose: () => void }) {
  const { asked, ...rest } = props;
  if (asked.what === "rename") return <RenameChat chat={asked.chat} {...rest} />;
  if (asked.what === "delete") return <DeleteChat chat={asked.chat} {...rest} />;
  return <DeleteAllChats {...rest} />;
}
