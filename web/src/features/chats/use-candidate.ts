import { Chat, useChat } from "@ai-sdk/react";
import { useQueryClient } from "@tanstack/react-query";
import { DefaultChatTransport } from "ai";
import { useEffect, useState } from "react";
import { chatQuery } from "@/api/chats";
import { request } from "@/api/client";
import type { Candidate } from "@/api/comparisons";
import type { Message } from "./messages";

const AGAIN_MS = 2_000;

/** One of two answers as far as it was heard: while it is written, from its beginning. `lost`: the line is down. */
export function useCandidate(chatId: string, side: Candidate) {
  const client = useQueryClient();
  const { messageId } = side;
  const written = side.parts !== null;
  const [session] = useState(
    () =>
      new Chat<Message>({
        id: messageId,
        transport: new DefaultChatTransport<Message>({
          fetch: request,
          prepareReconnectToStreamRequest: () => ({
            api: `/api/chat/${chatId}/stream?messageId=${messageId}`,
          }),
        }),
      }),
  );
  const { messages, status } = useChat({ chat: session, throttle: 40 });

  useEffect(() => {
    if (written) return;
    let left = false;
    let timer: ReturnType<typeof setTimeout>;
    // A line that breaks, and one that is not there yet: heard again until the server says that it is over.
    const hear = async () => {
      await session.resumeStream();
      if (left) return;
      void client.invalidateQueries({ queryKey: chatQuery(chatId).queryKey });
      timer = setTimeout(hear, AGAIN_MS);
    };
    void hear();
    return () => {
      left = true;
      clearTimeout(timer);
      void session.stop();
    };
  }, [written, session, client, chatId]);

  return { heard: messages[0], lost: status === "error" };
}
