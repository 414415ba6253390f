import { DeleteAllChats, DeleteChat, RenameChat } from "./chat-dialogs";
import type { Asked } from "./history";

/** What the sidebar asks before it does it. */
export default function HistoryDialogs(props: { asked: Asked; opened: boolean; onClose: () => void }) {
  const { asked, ...rest } = props;
  if (asked.what === "rename") return <RenameChat chat={asked.chat} {...rest} />;
  if (asked.what === "delete") return <DeleteChat chat={asked.chat} {...rest} />;
  return <DeleteAllChats {...rest} />;
}
