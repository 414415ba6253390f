import type { Preset } from "@/api/presets";
import { useDeleteWithUndo } from "@/components/delete-preset";
import { Losses } from "@/components/losses";
import { slotKey } from "@/lib/slots";
import { type Selection, withSlot } from "./selection";

/** What the chosen preset lost and this chat has not filled itself. The chat goes on without it meanwhile. */
export default function LossNotice(props: {
  preset: Preset;
  selection: Selection;
  onSelection: (selection: Selection) => void;
  onLeave: () => void;
}) {
  const { preset, selection, onSelection, onLeave } = props;
  const remove = useDeleteWithUndo(() => onSelection(selection));
  const losses = preset.lost.filter((loss) => selection.slots[slotKey(loss.type)] === null);
  return (
    <Losses
      quiet
      preset={preset}
      losses={losses}
      onDelete={() =>
        remove(preset, () => {
          onSelection({ ...selection, presetId: null });
          onLeave();
        })
      }
      onMended={(mended, type) => {
        const id = mended[slotKey(type)];
        if (id) onSelection(withSlot(selection, type, id));
        onLeave();
      }}
    />
  );
}
