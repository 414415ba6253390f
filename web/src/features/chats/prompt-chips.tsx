import type { Preset } from "@/api/presets";
import { SlotPicker } from "@/components/slot-picker";
import { slotKey, TYPES, type Type } from "@/lib/slots";
import { PresetPicker } from "./preset-picker";
import { type Selection, withSlot } from "./selection";
import row from "./tool-row.module.css";

export type Chip = "preset" | Type;

/** A preset and the four slots of one prompt: what each is, and the list of what it could be. */
export function PromptChips(props: {
  label: string;
  selection: Selection;
  preset: Preset | undefined;
  onSelection: (selection: Selection) => void;
  opened: Chip | null;
  onOpened: (opened: Chip | null) => void;
  onLeave: () => void;
  takeTyped?: () => string;
  /** The digit of the key that opens the first slot. */
  firstKey: number;
}) {
  const { selection, preset, opened, onLeave } = props;
  const toggle = (chip: Chip) => (open: boolean) => props.onOpened(open ? chip : null);
  return (
    <div className={row.parts} role="group" aria-label={props.label}>
      <PresetPicker
        selection={selection}
        preset={preset}
        onChange={props.onSelection}
        opened={opened === "preset"}
        onOpened={toggle("preset")}
        onLeave={onLeave}
        takeTyped={props.takeTyped}
      />
      {TYPES.map((type, index) => (
        <SlotPicker
          key={type}
          look="chip"
          type={type}
          value={selection.slots[slotKey(type)]}
          lost={preset?.lost.some((loss) => loss.type === type)}
          onChange={(id) => props.onSelection(withSlot(selection, type, id))}
          opened={opened === type}
          onOpened={toggle(type)}
          onLeave={onLeave}
          shortcut={`Alt+${props.firstKey + index}`}
        />
      ))}
    </div>
  );
}
