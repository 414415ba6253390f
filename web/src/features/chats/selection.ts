import type { Chat } from "@/api/chats";
import type { Preset } from "@/api/presets";
import {
  EMPTY_SLOTS,
  isEmpty,
  pickSlots,
  type SlotKey,
  type Slots,
  sameSlots,
  slotKey,
  TYPES,
  type Type,
} from "@/lib/slots";

/** What a chat's system prompt is made of: the slots as they are, and the preset they started from. */
export interface Selection {
  presetId: string | null;
  slots: Slots;
}

export const NOTHING: Selection = { presetId: null, slots: EMPTY_SLOTS };

export function fromPreset(preset: Preset): Selection {
  return {
    presetId: preset.id,
    slots: pickSlots({
      roleId: preset.roleId ?? null,
      styleId: preset.styleId ?? null,
      contextId: preset.contextId ?? null,
      modeId: preset.modeId ?? null,
    }),
  };
}

export function fromChat(chat: Pick<Chat, "prompt">): Selection {
  if (!chat.prompt) return NOTHING;
  const { presetId, components } = chat.prompt;
  return { presetId: presetId ?? null, slots: { ...EMPTY_SLOTS, ...components } };
}

export function withSlot(selection: Selection, type: Type, id: string | null): Selection {
  return { ...selection, slots: { ...selection.slots, [slotKey(type)]: id } };
}

/** Does the mix depart from the preset it started from? */
export function isDirty(selection: Selection, preset: Preset | undefined): boolean {
  return preset !== undefined && !sameSlots(selection.slots, fromPreset(preset).slots);
}

/** Is it a mix without a preset? */
export const isFree = (selection: Selection): boolean =>
  selection.presetId === null && !isEmpty(selection.slots);

export function same(a: Selection, b: Selection): boolean {
  return a.presetId === b.presetId && sameSlots(a.slots, b.slots);
}

/**
 * The selection as POST /api/chat takes it: the preset, overlaid by the slots that depart from it.
 * While the preset itself is not at hand every slot is named, which says the same.
 */
export function toRequest(selection: Selection, preset: Preset | undefined) {
  const base = selection.presetId === null ? EMPTY_SLOTS : preset ? fromPreset(preset).slots : null;
  const components: Partial<Record<SlotKey, string | null>> = {};
  for (const type of TYPES) {
    const key = slotKey(type);
    if (base === null || base[key] !== selection.slots[key]) components[key] = selection.slots[key];
  }
  return { presetId: selection.presetId, components };
}
