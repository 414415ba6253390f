import { useCallback, useEffect, useState } from "react";
import type { Chat } from "@/api/chats";
import type { Preset } from "@/api/presets";
import { type Draft, keepDraft, readDraft } from "./drafts";
import type { Message } from "./messages";
import type { Attached } from "./pictures";
import { fromChat, fromPreset, NOTHING, type Selection, same } from "./selection";
import { usePictures } from "./use-pictures";

/**
 * What is typed and chosen in a chat but not sent yet, kept under `key` in this browser.
 * `chat` is what the server has of it, `start` a preset that the chat was opened to start with.
 */
export function useDraft(key: string, chat: Chat | undefined, start: Preset | undefined) {
  const [draft, setDraft] = useState(() => readDraft(key));
  const pictures = usePictures(() => readDraft(key).pictures);
  const change = useCallback((some: Partial<Draft>) => setDraft((before) => ({ ...before, ...some })), []);
  const select = useCallback((selection: Selection) => change({ selection }), [change]);

  useEffect(() => keepDraft(key, { ...draft, pictures: pictures.uploaded }), [key, draft, pictures.uploaded]);

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
    write: (text: string) => change({ text }),
    pictures,
    selection: draft.selection ?? (chat ? fromChat(chat) : NOTHING),
    departs: draft.selection !== null,
    select,
    versus: draft.versus,
    /** Chooses the other prompt of a comparison; null compares nothing. */
    oppose: (versus: Selection | null) => change({ versus }),
    /** What is to be sent, as parts of a message. */
    parts: (): Message["parts"] => {
      const text = draft.text.trim();
      const files = pictures.uploaded.map(({ url, name, mediaType }) => ({
        type: "file" as const,
        url,
        filename: name,
        mediaType,
      }));
      return text === "" ? files : [...files, { type: "text", text }];
    },
    /** It was sent. The selection stays until the chat has it. */
    clear: () => {
      change({ text: "", versus: null });
      pictures.reset([]);
    },
    /** Puts a question back in front of what was typed meanwhile. */
    putBack: (text: string, files: Attached[] = []) => {
      setDraft((before) => ({ ...before, text: [text, before.text].filter(Boolean).join("\n\n") }));
      pictures.reset([...files.map((file) => ({ ...file, size: 0 })), ...pictures.uploaded]);
    },
    /** From now on as the chat has it. */
    follow: () => change({ selection: null }),
  };
}

export type DraftState = ReturnType<typeof useDraft>;
