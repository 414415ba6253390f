import { useState } from "react";
import type { Preset } from "@/api/presets";
import { EMPTY_SLOTS, isEmpty, pickSlots, type Slots, slotKey, type Type } from "@/lib/slots";

/**
 * The slots of a preset as they are being chosen: what the server has, and what departs from it.
 * Only the departures are saved. A slot that lost its part and stays untouched is not among them: naming it
 * null says "go on without".
 */
export function usePresetDraft(preset: Preset | null) {
  const [edits, setEdits] = useState<Partial<Slots>>({});
  const kept = preset ? pickSlots(preset) : EMPTY_SLOTS;
  const slots: Slots = { ...kept, ...edits };

  /** Without its edit a slot is as the server has it. */
  function forget(type: Type) {
    const { [slotKey(type)]: _, ...rest } = edits;
    setEdits(rest);
  }

  return {
    slots,
    edits,
    dirty: Object.keys(edits).length > 0,
    forget,
    choose: (type: Type, id: string | null) =>
      id === kept[slotKey(type)] ? forget(type) : setEdits({ ...edits, [slotKey(type)]: id }),
    lost: (preset?.lost ?? []).filter((loss) => edits[slotKey(loss.type)] === undefined),
    /**
     * Where the server's preset would be left with nothing but the draft would not, going on without what it
     * lost waits for Save.
     */
    dismiss:
      isEmpty(kept) && !isEmpty(slots)
        ? (type: Type) => setEdits({ ...edits, [slotKey(type)]: null })
        : undefined,
  };
}
