import { useCallback, useEffect, useState } from "react";
import type { Chat } from "@/api/chats";
import type { Preset } from "@/api/presets";
import { keepDraft, readDraft } from "./drafts";
import { fromChat, fromPreset, NOTHING, type Selection, same } from "./selection";

/**
 * What is typed and chosen in a chat but not sent yet, kept under `key` in this browser.
 * `chat` is what the server has of it, `start` a preset that the chat was opened to start with.
 */
export function useDraft(key: string, chat: Chat | undefined, start: Preset | undefined) {
  const [draft, setDraft] = useState(() => readDraft(key));
  const select = useCallback((selection: Selection) => setDraft((before) => ({ ...before, selection })), []);

  useEffect(() => keepDraft(key, draft), [key, draft]);

  useEffect(() => {
    if (start) select(fromPreset(start));
  }, [start, select]);

  // What was chosen for a turn is the chat's own from then on; only a departure from it is worth keeping.
  useEffect(() => {
    if (!chat) return;
    setDraft((before) =>
      before.selection && same(before.selection, fromChat(chat)) ? { ...before, selection: null } : before,
    );
  }, [chat]);

  return {
    text: draft.text,
    write: (text: string) => setDraft((before) => ({ ...before, text })),
    /** Puts a text back in front of what was typed meanwhile. */
    putBack: (text: string) =>
      setDraft((before) => ({ ...before, text: [text, before.text].filter(Boolean).join("\n\n") })),
    selection: draft.selection ?? (chat ? fromChat(chat) : NOTHING),
    departs: draft.selection !== null,
    select,
  };
}
