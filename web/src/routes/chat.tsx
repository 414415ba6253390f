import { useParams, useSearch } from "@tanstack/react-router";
import { ChatPage } from "@/features/chats/chat-page";

export default function ChatRoute() {
  const { id } = useParams({ strict: false });
  const { preset } = useSearch({ strict: false });
  return <ChatPage id={id} presetId={preset} />;
}
