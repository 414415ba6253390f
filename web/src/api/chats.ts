import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, body, isRefusal, type Schemas } from "./client";

export type Chat = Schemas["ChatView"];
export type ChatRow = Schemas["FoundChat"];
export type Visibility = Chat["visibility"];
export type PromptOfAnswer = Schemas["PromptOfAnswer"];
export type UsedPart = Schemas["UsedPart"];
export type Vote = Schemas["Vote"];
type History = Schemas["History"];

/** Offline, an act fails and says so: nobody should wonder later what it did when the line came back. */
const NOW = { networkMode: "always" } as const;

const nextPage = (page: History) => (page.hasMore ? (page.chats.at(-1)?.id ?? null) : null);

export const historyQuery = infiniteQueryOptions({
  queryKey: ["history"],
  queryFn: ({ pageParam }) =>
    body(
      api.GET("/api/history", { params: { query: { limit: 20, ending_before: pageParam ?? undefined } } }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: nextPage,
});

/** The chats in whose title or messages `q` stands. */
export function foundChatsQuery(q: string) {
  return infiniteQueryOptions({
    queryKey: ["history", "found", q],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/history", {
          params: { query: { limit: 20, q, ending_before: pageParam ?? undefined } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: nextPage,
    // What was said since may be found, too.
    staleTime: 0,
  });
}

const at = (id: string) => ({ params: { path: { chat_id: id } } });

export function chatQuery(id: string) {
  return queryOptions({
    queryKey: ["chat", id],
    queryFn: () => body(api.GET("/api/chat/{chat_id}", at(id))),
  });
}

export function messagesQuery(id: string) {
  return queryOptions({
    queryKey: ["messages", id],
    queryFn: () => body(api.GET("/api/messages", { params: { query: { chatId: id } } })),
    // The open chat holds its own messages; a kept copy would only be old.
    staleTime: 0,
    gcTime: 0,
  });
}

/** Ends the generation on the server; closing the stream alone would let it run on. */
export async function stopAnswer(id: string): Promise<void> {
  try {
    await api.POST("/api/chat/{chat_id}/stop", at(id));
  } catch (error) {
    // It ended by itself in the meantime.
    if (!isRefusal(error, 404)) throw error;
  }
}

/** Deletes a message and all after it. */
export async function deleteFrom(messageId: string): Promise<void> {
  await api.DELETE("/api/messages/{message_id}/trailing", { params: { path: { message_id: messageId } } });
}

export const exportAddress = (id: string, format: "markdown" | "json"): string =>
  `/api/chat/${id}/export?format=${format}`;

/** The exact prompt that made an answer, and what became of its parts since. */
export function promptOfQuery(messageId: string) {
  return queryOptions({
    queryKey: ["prompt-of", messageId],
    queryFn: () =>
      body(api.GET("/api/messages/{message_id}/prompt", { params: { path: { message_id: messageId } } })),
    // Its parts may have changed since it was looked at.
    staleTime: 0,
  });
}

/** Lets a chat speak with something from its next answer on. */
export function useChoosePrompt(id: string) {
  const client = useQueryClient();
  return useMutation({
    ...NOW,
    mutationFn: (choice: Schemas["PromptChoice"]) =>
      body(api.PUT("/api/chat/{chat_id}/prompt", { ...at(id), body: choice })),
    onSuccess: (prompt) => {
      client.setQueryData(chatQuery(id).queryKey, (chat) => chat && { ...chat, prompt });
      void client.invalidateQueries({ queryKey: chatQuery(id).queryKey });
      for (const key of ["presets", "components"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

/** A chat's title and visibility where they are shown: at once, without asking for every page of the list again. */
export function showChange(
  client: QueryClient,
  id: string,
  change: { title?: string; visibility?: Visibility },
) {
  client.setQueryData(chatQuery(id).queryKey, (chat) => chat && { ...chat, ...change });
  client.setQueriesData<InfiniteData<History>>({ queryKey: historyQuery.queryKey }, (list) => {
    const pages = list?.pages.map((page) => ({
      ...page,
      chats: page.chats.map((chat) => (chat.id === id ? { ...chat, ...change } : chat)),
    }));
    return list && pages ? { ...list, pages } : list;
  });
}

export function useChangeChat() {
  const client = useQueryClient();
  return useMutation({
    ...NOW,
    mutationFn: ({ id, ...change }: { id: string; title?: string; visibility?: Visibility }) =>
      body(api.PATCH("/api/chat/{chat_id}", { ...at(id), body: change })),
    onSuccess: ({ id, title, visibility }) => showChange(client, id, { title, visibility }),
  });
}

export function useDeleteChat() {
  const client = useQueryClient();
  return useMutation({
    ...NOW,
    mutationFn: (id: string) => api.DELETE("/api/chat", { params: { query: { id } } }),
    onSuccess: (_, id) => {
      client.removeQueries({ queryKey: chatQuery(id).queryKey });
      return client.invalidateQueries({ queryKey: historyQuery.queryKey });
    },
  });
}

export function useDeleteAllChats() {
  const client = useQueryClient();
  return useMutation({
    ...NOW,
    mutationFn: () => body(api.DELETE("/api/history")),
    onSuccess: () => {
      client.removeQueries({ queryKey: ["chat"] });
      return client.resetQueries({ queryKey: historyQuery.queryKey });
    },
  });
}

export function votesQuery(chatId: string) {
  return queryOptions({
    queryKey: ["votes", chatId],
    queryFn: () => body(api.GET("/api/vote", { params: { query: { chatId } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Votes for an answer, or changes one's mind: shown at once, taken back when the server refuses. */
export function useVote(chatId: string) {
  const client = useQueryClient();
  const { queryKey } = votesQuery(chatId);
  return useMutation({
    ...NOW,
    mutationFn: ({ messageId, isUpvoted }: Pick<Vote, "messageId" | "isUpvoted">) =>
      api.PATCH("/api/vote", {
        body: { chatId, messageId, type: isUpvoted ? "up" : "down" },
        parseAs: "text",
      }),
    onMutate: async ({ messageId, isUpvoted }) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData(queryKey);
      client.setQueryData(queryKey, (votes) => [
        ...(votes ?? []).filter((vote) => vote.messageId !== messageId),
        { chatId, messageId, isUpvoted },
      ]);
      return before?.find((vote) => vote.messageId === messageId);
    },
    onError: (_, { messageId }, before) => {
      client.setQueryData(queryKey, (votes) => [
        ...(votes ?? []).filter((vote) => vote.messageId !== messageId),
        ...(before ? [before] : []),
      ]);
    },
  });
}
