import type { PromptOfAnswer } from "@/api/chats";
import { EMPTY_SLOTS, slotKey } from "@/lib/slots";
import type { Selection } from "./selection";

/** What is left of an answer's prompt, to be chosen again: parts that are gone leave their slots empty. */
export function setupOf(prompt: PromptOfAnswer, hasPreset: boolean): Selection {
  const slots = { ...EMPTY_SLOTS };
  for (const part of prompt.parts) {
    if (part.versionNow !== null) slots[slotKey(part.type)] = part.id;
  }
  return { presetId: hasPreset ? prompt.receipt.presetId : null, slots };
}
