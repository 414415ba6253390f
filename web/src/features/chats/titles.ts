import type { QueryClient } from "@tanstack/react-query";
import { chatQuery, showChange } from "@/api/chats";

/** When to look, in milliseconds after the last time: the server takes two to 31 s. */
const PAUSES = [2_500, 2_000, 3_500, 8_000, 16_000];

/** After a first answer a model may make a better title than the question's first line: shows it when it is there. */
export async function awaitTitle(client: QueryClient, id: string): Promise<void> {
  const { queryKey, queryFn } = chatQuery(id);
  let plain = client.getQueryData(queryKey)?.title;
  for (const pause of PAUSES) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    // Deleted meanwhile, signed out, offline: then there is nothing to show.
    const chat = await client.fetchQuery({ queryKey, queryFn, staleTime: 0, retry: false }).catch(() => null);
    if (chat === null || chat.provider === "local") return;
    showChange(client, id, { title: chat.title });
    plain ??= chat.title;
    if (chat.title !== plain) return;
  }
}
