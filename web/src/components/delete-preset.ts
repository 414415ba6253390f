import { notifications } from "@mantine/notifications";
import { explain } from "@/api/client";
import { type Preset, useDeletePreset } from "@/api/presets";
import { useBringBack } from "@/api/trash";
import { showUndo } from "./undo";

/** Deletes a preset at once and offers to undo it: the trash has it. */
export function useDeleteWithUndo(onBack?: () => void) {
  const remove = useDeletePreset();
  const bringBack = useBringBack();
  return (preset: Preset, onDone?: () => void) =>
    remove.mutate(preset.id, {
      onSuccess: () => {
        showUndo(`“${preset.name}” is deleted.`, async () => {
          await bringBack(preset.id);
          onBack?.();
        });
        onDone?.();
      },
      onError: (error) =>
        notifications.show({
          color: "danger",
          title: `“${preset.name}” is still here`,
          message: explain(error),
        }),
    });
}
