import type { QueryClient } from "@tanstack/react-query";
import { chatQuery, historyQuery } from "@/api/chats";

// Very old browsers have none: their other tabs hear of it when they are looked at.
const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("quartet:chats");

/** Tells the browser's other tabs that something happened in a chat. */
export function tellOtherTabs(id: string): void {
  channel?.postMessage(id);
}

/** Asks the server again about a chat when another tab says that something happened there. */
export function hearOtherTabs(client: QueryClient): void {
  if (!channel) return;
  channel.onmessage = ({ data }) => {
    void client.invalidateQueries({ queryKey: chatQuery(String(data)).queryKey });
    void client.invalidateQueries({ queryKey: historyQuery.queryKey });
  };
}
