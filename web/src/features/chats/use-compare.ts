import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { chatQuery } from "@/api/chats";
import type { Preset } from "@/api/presets";
import { newId } from "@/lib/ids";
import { tellOtherTabs } from "./other-tabs";
import { toRequest } from "./selection";
import type { DraftState } from "./use-draft";
import type { Turns } from "./use-turns";

/** Asks the question of a draft of two prompts, and knows the two answers until one of them is picked. */
export function useCompare(id: string, turns: Turns, draft: DraftState) {
  const client = useQueryClient();
  // The same question sent again, because no answer came, is the same message to the server.
  const question = useRef(newId());
  const { reload } = turns;

  const ask = useMutation({
    // Told at once that the server is out of reach, not asked some time later.
    networkMode: "always",
    mutationFn: async (asked: { model: string | undefined; preset: Preset | undefined }) => {
      if (!draft.versus) return;
      if (turns.refusal) turns.takeBack();
      const { compare } = await import("@/api/comparisons");
      await compare({
        id,
        message: { id: question.current, role: "user", parts: draft.parts() as { type: string }[] },
        selectedChatModel: asked.model,
        selectedVisibilityType: "private",
        left: toRequest(draft.selection, asked.preset),
        right: toRequest(draft.versus, undefined),
      });
      question.current = newId();
      tellOtherTabs(id);
      draft.clear();
      await client.fetchQuery({ ...chatQuery(id), staleTime: 0, retry: 5 });
      await reload();
    },
  });

  // Picked in another tab, or left behind by another question: then the chat has more than this page knows of.
  const undecided = turns.busy ? null : (turns.chat?.comparison ?? null);
  const shown = turns.chat?.comparison?.id;
  const before = useRef(shown);
  useEffect(() => {
    if (before.current && !shown) void reload().catch(() => {});
    before.current = shown;
  }, [shown, reload]);

  return {
    undecided,
    running: undecided?.sides.some((side) => side.parts === null) ?? false,
    ask: ask.mutate,
    asking: ask.isPending,
    trouble: draft.versus ? ask.error : null,
  };
}
