import { Chat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { chatQuery, historyQuery } from "@/api/chats";
import { isRefusal, request } from "@/api/client";
import { queryClient } from "@/api/query-client";
import { newId } from "@/lib/ids";
import { lastQuestion, type Message, usageOf } from "./messages";
import { hearOtherTabs, tellOtherTabs } from "./other-tabs";
import { awaitTitle } from "./titles";

export type Session = Chat<Message>;

/** Sessions that are on screen, or still receive an answer while another page is. */
const running = new Map<string, Session>();
const held = new Set<string>();
/** The tokens of each chat as far as this page knows: when the server says more, somebody spoke elsewhere. */
const accounted = new WeakMap<Session, number>();

hearOtherTabs(queryClient);

const transportOf = (chatId: string) =>
  new DefaultChatTransport<Message>({
    api: "/api/chat",
    fetch: (input, init) => fetchChat(chatId, input, init),
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
async function fetchChat(
  chatId: string,
  input: RequestInfo | URL,
  init: RequestInit = {},
): Promise<Response> {
  const resuming = (init.method ?? "GET") === "GET";
  try {
    const response = await request(input, init);
    if (!resuming) tellOtherTabs(chatId);
    else if (response.status === 200) makeRoom(chatId);
    return response;
  } catch (error) {
    if (resuming && (isRefusal(error, 404) || isRefusal(error, 405)))
      return new Response(null, { status: 204 });
    throw error;
  }
}

/** What is replayed may replace the answer that stands last. */
function makeRoom(chatId: string): void {
  const session = running.get(chatId);
  if (session) session.messages = session.messages.slice(0, lastQuestion(session.messages) + 1);
}

export function findSession(id: string): Session | undefined {
  return running.get(id);
}

/** `tokens` are those of all turns so far. */
export function makeSession(id: string, messages: Message[] = [], tokens = 0): Session {
  const session: Session = new Chat<Message>({
    id,
    messages,
    transport: transportOf(id),
    generateId: newId,
    onFinish: ({ message, messages: said, isError }) => {
      const { queryKey } = chatQuery(id);
      // Until the server is asked again, what it said last would have the answer still running.
      const more = usageOf(message)?.totalTokens ?? 0;
      accounted.set(session, (accounted.get(session) ?? 0) + more);
      queryClient.setQueryData(
        queryKey,
        (chat) => chat && { ...chat, isRunning: false, totalTokens: chat.totalTokens + more },
      );
      if (!isError && said.length === 2) void awaitTitle(queryClient, id);
      void readAgain(id);
      void queryClient.invalidateQueries({ queryKey: historyQuery.queryKey });
      tellOtherTabs(id);
      if (!held.has(id)) running.delete(id);
    },
  });
  accounted.set(session, tokens);
  return session;
}

async function readAgain(id: string): Promise<void> {
  const { queryKey } = chatQuery(id);
  // A first reading that is under way would not be given up for this one, and may still say that the answer runs.
  if (!queryClient.getQueryData(queryKey)) await queryClient.cancelQueries({ queryKey });
  await queryClient.invalidateQueries({ queryKey });
}

/** Was something said that this page has not heard? Asked once, it counts as heard. */
export function isBehind(session: Session, tokens: number): boolean {
  if (tokens <= (accounted.get(session) ?? 0)) return false;
  accounted.set(session, tokens);
  return true;
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
