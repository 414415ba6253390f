import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { messagesQuery } from "@/api/chats";
import type { Message } from "./messages";
import { isBehind, type Session } from "./sessions";

/** A line that ends silently again and again is not taken up without a pause. */
const PAUSE_MS = 3_000;

/**
 * Follows what this page did not ask for: an answer that runs since before it was opened, one that another tab or
 * machine asked for, and what was said there meanwhile. Answers whether the running answer is followed that way.
 */
export function useFollowing(
  session: Session,
  now: {
    /** An answer is being written, and this page does not hear it. */
    running: boolean;
    busy: boolean;
    /** Of all turns of the chat, by the server. */
    tokens: number | undefined;
  },
): boolean {
  const { running, busy, tokens } = now;
  const client = useQueryClient();
  const [resumed, setResumed] = useState(false);
  const lastTry = useRef(0);

  useEffect(() => {
    /** Takes what the server has, unless somebody asks something here meanwhile; answers whether it did. */
    const read = async () => {
      const { messages } = await client.fetchQuery(messagesQuery(session.id));
      if (session.status !== "ready") return false;
      session.messages = messages as unknown as Message[];
      return true;
    };
    if (!running) {
      // Also an answer that could not be followed from here: spoken by another process, it can be read at its end.
      if (!busy && tokens !== undefined && isBehind(session, tokens)) void read().catch(() => {});
      return;
    }
    let left = false;
    const follow = async () => {
      lastTry.current = Date.now();
      // The question may be another tab's.
      if (!(await read()) || left) return;
      setResumed(true);
      await session.resumeStream();
    };
    const wait = Math.max(0, lastTry.current + PAUSE_MS - Date.now());
    const timer = setTimeout(() => void follow().catch(() => {}), wait);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [running, busy, tokens, client, session]);

  if (resumed && !busy && !running) setResumed(false);
  return resumed && busy;
}
