import { useChat } from "@ai-sdk/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { chatQuery, deleteFrom, messagesQuery, stopAnswer } from "@/api/chats";
import { isRefusal, Unreachable } from "@/api/client";
import { type Message, type Outcome, outcomeOf, type Part, saysNothing } from "./messages";
import type { Session } from "./sessions";
import { useFollowing } from "./use-following";
import { useReconnecting } from "./use-reconnecting";

const POLL_MS = 1_500;
/** How long a stopped answer may take to end by itself, with its outcome, before the socket is closed. */
const STOP_MS = 2_000;

export type Turns = ReturnType<typeof useTurns>;

/** The turns of one chat: what was said, what is being said, and what to do when the line breaks. */
export function useTurns(session: Session, isNew: boolean) {
  const chat = useChat<Message>({ chat: session, throttle: 40 });
  const { messages, status, error, setMessages, clearError } = chat;
  const client = useQueryClient();
  // The question did not reach the server.
  const [lost, setLost] = useState(false);
  // How a new answer ended that said nothing, so that the one before it was kept.
  const [kept, setKept] = useState<Outcome | null>(null);
  const busy = status === "submitted" || status === "streaming";
  const last = messages.at(-1);

  const info = useQuery({
    ...chatQuery(session.id),
    enabled: !isNew || (messages.length > 1 && !busy),
    // Somebody may have spoken here in another tab, or on another machine.
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => (state.data?.isRunning && !busy ? POLL_MS : false),
  });
  // Two answers side by side are followed by the comparison, not here.
  const running = info.data?.isRunning === true && info.data.comparison == null && status === "ready";

  /** Takes the server's word for what was said. Answers whether it knew the last question. */
  const reload = useCallback(async () => {
    const known = await client.fetchQuery(messagesQuery(session.id));
    const said = known.messages as unknown as Message[];
    const question = session.messages.findLast((message) => message.role === "user");
    if (question && !said.some((message) => message.id === question.id)) return false;
    setMessages(said);
    await client.invalidateQueries({ queryKey: chatQuery(session.id).queryKey });
    return true;
  }, [client, session, setMessages]);

  const resumed = useFollowing(session, { running, busy, tokens: info.data?.totalTokens });

  // An answer that failed and says so is an answer; an error that the server told is no line that broke.
  const told = (last !== undefined && outcomeOf(last) !== undefined) || error?.name === "Error";
  const broken = status === "error" && !isRefusal(error) && !lost && !told;
  const onLost = useCallback(() => setLost(true), []);
  useReconnecting({ broken, reload, onBack: clearError, onLost });
  const failed = status === "error" && last !== undefined && outcomeOf(last) !== undefined;
  useEffect(() => {
    if (failed) clearError();
  }, [failed, clearError]);

  const stop = useCallback(async () => {
    await stopAnswer(session.id);
    const stopped = session.lastMessage?.id;
    setTimeout(() => {
      const still = session.status === "streaming" || session.status === "submitted";
      if (still && session.lastMessage?.id === stopped)
        void session
          .stop()
          .then(reload)
          .catch(() => {});
    }, STOP_MS);
  }, [session, reload]);

  function begin() {
    setLost(false);
    setKept(null);
  }

  async function regenerate(body: object) {
    begin();
    const before = session.messages;
    await chat.regenerate({ body });
    if (isRefusal(session.error)) return setMessages(before);
    const answer = session.lastMessage;
    const outcome = answer && outcomeOf(answer);
    if (before.at(-1)?.role === "assistant" && outcome && saysNothing(answer)) {
      setMessages(before);
      clearError();
      setKept(outcome);
    }
  }

  function send(parts: Part[], body: object) {
    begin();
    return chat.sendMessage({ role: "user", parts }, { body });
  }

  return {
    messages,
    status,
    busy,
    running,
    /** The running answer was followed from somewhere in its middle. */
    resumed,
    /** The server has begun to answer: the chat is kept there. A short answer is never seen streaming. */
    begun: status === "streaming" || last?.role === "assistant" || info.data?.comparison != null,
    /** The server's refusal of the last question, or that it never arrived there. */
    refusal: status !== "error" ? undefined : lost ? new Unreachable() : isRefusal(error) ? error : undefined,
    /** What went wrong with an answer that is not kept. */
    unsaved: status === "error" && error?.name === "Error" ? error.message : undefined,
    kept,
    reconnecting: broken,
    chat: info.data,
    reload,
    send,
    regenerate,
    /** Sends the last question again, as it was. */
    again: (body: object) => {
      begin();
      return last?.role === "user" ? chat.sendMessage(undefined, { body }) : regenerate(body);
    },
    /** Asks another question in the place of one, without all that came after it. Throws before anything is changed. */
    edit: async (messageId: string, parts: Part[], body: object) => {
      await deleteFrom(messageId);
      // What was being written was stopped with it; two answers at a time cannot be heard.
      await session.stop();
      const place = session.messages.findIndex(({ id }) => id === messageId);
      if (place >= 0) setMessages(session.messages.slice(0, place));
      void send(parts, body);
    },
    /** Takes back a question that was refused. */
    takeBack: () => {
      setMessages((said) => (said.at(-1)?.role === "user" ? said.slice(0, -1) : said));
      clearError();
    },
    stop,
  };
}
