import { Chat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { chatQuery, historyQuery } from "@/api/chats";
import { isRefusal, request } from "@/api/client";
import { queryClient } from "@/api/query-client";
import { newId } from "@/lib/ids";
import type { Message } from "./messages";

export type Session = Chat<Message>;

/** Sessions that are on screen, or still receive an answer while another page is. */
const running = new Map<string, Session>();
const held = new Set<string>();

const transport = new DefaultChatTransport<Message>({
  api: "/api/chat",
  fetch: fetchChat,
  prepareSendMessagesRequest: ({ id, messages, trigger, messageId, body }) => {
    const last = messages.at(-1);
    const question = last && { id: last.id, role: last.role, parts: last.parts };
    return {
      body:
        trigger === "submit-message"
          ? { id, message: question, selectedVisibilityType: "private", ...body }
          : { id, messages: question ? [question] : [], trigger, messageId, ...body },
    };
  },
});

/** A server that cannot resume says so in several ways; to the client all of them mean "nothing runs". */
async function fetchChat(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    return await request(input, init);
  } catch (error) {
    const resuming = (init?.method ?? "GET") === "GET";
    if (resuming && (isRefusal(error, 404) || isRefusal(error, 405)))
      return new Response(null, { status: 204 });
    throw error;
  }
}

export function findSession(id: string): Session | undefined {
  return running.get(id);
}

export function makeSession(id: string, messages: Message[]): Session {
  return new Chat<Message>({
    id,
    messages,
    transport,
    generateId: newId,
    onFinish: () => {
      void queryClient.invalidateQueries({ queryKey: historyQuery.queryKey });
      // Until the server is asked again, what it said last would have the answer still running.
      queryClient.setQueryData(chatQuery(id).queryKey, (chat) => chat && { ...chat, isRunning: false });
      void queryClient.invalidateQueries({ queryKey: chatQuery(id).queryKey });
      if (!held.has(id)) running.delete(id);
    },
  });
}

/** Keeps a session while it is on screen; call the answer when it leaves. */
export function holdSession(session: Session): () => void {
  running.set(session.id, session);
  held.add(session.id);
  return () => {
    held.delete(session.id);
    const busy = session.status === "submitted" || session.status === "streaming";
    if (!busy) running.delete(session.id);
  };
}
