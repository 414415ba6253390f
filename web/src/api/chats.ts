import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, isRefusal, type Schemas } from "./client";

export type Chat = Schemas["ChatView"];
export type ChatRow = Schemas["ChatRow"];

export const historyQuery = infiniteQueryOptions({
  queryKey: ["history"],
  queryFn: ({ pageParam }) =>
    body(
      api.GET("/api/history", { params: { query: { limit: 20, ending_before: pageParam ?? undefined } } }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => (page.hasMore ? (page.chats.at(-1)?.id ?? null) : null),
});

export function chatQuery(id: string) {
  return queryOptions({
    queryKey: ["chat", id],
    queryFn: () => body(api.GET("/api/chat/{chat_id}", { params: { path: { chat_id: id } } })),
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
    await api.POST("/api/chat/{chat_id}/stop", { params: { path: { chat_id: id } } });
  } catch (error) {
    // It ended by itself in the meantime.
    if (!isRefusal(error, 404)) throw error;
  }
}

export function useRenameChat() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) =>
      body(api.PATCH("/api/chat/{chat_id}", { params: { path: { chat_id: id } }, body: { title } })),
    onSuccess: (_, { id }) => {
      void client.invalidateQueries({ queryKey: chatQuery(id).queryKey });
      return client.invalidateQueries({ queryKey: historyQuery.queryKey });
    },
  });
}

export function useDeleteChat() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.DELETE("/api/chat", { params: { query: { id } } }),
    onSuccess: (_, id) => {
      client.removeQueries({ queryKey: chatQuery(id).queryKey });
      return client.invalidateQueries({ queryKey: historyQuery.queryKey });
    },
  });
}
