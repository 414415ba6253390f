import { useChat } from "@ai-sdk/react";
import { useNetwork } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { chatQuery, messagesQuery, stopAnswer } from "@/api/chats";
import { isRefusal, Unreachable } from "@/api/client";
import { type Message, outcomeOf } from "./messages";
import type { Session } from "./sessions";

const POLL_MS = 1_500;
const RECONNECT_MS = 3_000;
/** How long a stopped answer may take to end by itself, with its outcome, before the socket is closed. */
const STOP_MS = 2_000;

/** The turns of one chat: what was said, what is being said, and what to do when the line breaks. */
export function useTurns(session: Session, isNew: boolean) {
  const { messages, status, error, sendMessage, regenerate, stop, resumeStream, setMessages, clearError } =
    useChat<Message>({ chat: session, throttle: 40 });
  const client = useQueryClient();
  const { online } = useNetwork();
  const [lost, setLost] = useState(false);
  // Whether this page follows the running answer already: it asked for it, or has resumed it.
  const followed = useRef(false);
  const busy = status === "submitted" || status === "streaming";
  const last = messages.at(-1);
  const unanswered = last?.role === "user";

  const info = useQuery({
    ...chatQuery(session.id),
    enabled: !isNew || (messages.length > 1 && !busy),
    refetchInterval: ({ state }) => (state.data?.isRunning && !busy ? POLL_MS : false),
  });
  const running = info.data?.isRunning === true && !busy;

  /** Takes the server's word for what was said. Answers whether it knew the last question. */
  const reload = useCallback(async () => {
    const kept = await client.fetchQuery(messagesQuery(session.id));
    const said = kept.messages as unknown as Message[];
    const question = session.messages.findLast((message) => message.role === "user");
    if (question && !said.some((message) => message.id === question.id)) return false;
    setMessages(said);
    await client.invalidateQueries({ queryKey: chatQuery(session.id).queryKey });
    return true;
  }, [client, session, setMessages]);

  // An answer that was running when this page opened: follow its stream once, else wait for its end.
  useEffect(() => {
    if (!running || followed.current) return;
    followed.current = true;
    // What is being written may replace the answer that stands last; the replay brings it whole.
    setMessages((said) => said.slice(0, said.findLastIndex((message) => message.role === "user") + 1));
    void resumeStream();
  }, [running, resumeStream, setMessages]);
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && !running && !busy && unanswered) void reload().catch(() => {});
    wasRunning.current = running;
  }, [running, busy, unanswered, reload]);

  // An answer that failed and says so is an answer; an error without one is a line that broke.
  // The answer then goes on without us: ask for it until the server can be heard again.
  const told = last !== undefined && outcomeOf(last) !== undefined;
  const broken = status === "error" && !isRefusal(error) && !lost && !told;
  useEffect(() => {
    if (status === "error" && told) clearError();
  }, [status, told, clearError]);
  useEffect(() => {
    if (!broken || !online) return;
    const reconnect = async () => {
      try {
        followed.current = false;
        if (await reload()) clearError();
        else setLost(true);
      } catch (problem) {
        if (isRefusal(problem)) setLost(true);
      }
    };
    void reconnect();
    const timer = setInterval(() => void reconnect(), RECONNECT_MS);
    return () => clearInterval(timer);
  }, [broken, online, reload, clearError]);

  const halt = useCallback(async () => {
    await stopAnswer(session.id).catch(() => {});
    const stopped = session.lastMessage?.id;
    setTimeout(() => {
      const still = session.status === "streaming" || session.status === "submitted";
      if (still && session.lastMessage?.id === stopped) void stop().then(reload, () => {});
    }, STOP_MS);
  }, [session, stop, reload]);

  function ask() {
    followed.current = true;
    setLost(false);
  }

  return {
    messages,
    status,
    busy,
    running,
    /** The server has begun to answer: the chat is kept there. A short answer is never seen streaming. */
    begun: status === "streaming" || last?.role === "assistant",
    /** The server's refusal of the last question, or that it never arrived there. */
    refusal: status !== "error" ? undefined : lost ? new Unreachable() : isRefusal(error) ? error : undefined,
    reconnecting: broken,
    chat: info.data,
    send: (text: string, body: object) => {
      ask();
      return sendMessage({ role: "user", parts: [{ type: "text", text }] }, { body });
    },
    again: (body: object) => {
      ask();
      return sendMessage(undefined, { body });
    },
    regenerate: (messageId: string, body: object) => {
      ask();
      return regenerate({ messageId, body });
    },
    /** Takes back a question that was refused. */
    takeBack: () => {
      setMessages((said) => said.slice(0, -1));
      clearError();
    },
    stop: halt,
  };
}
