import { notifications } from "@mantine/notifications";
import { type Preset, useDeletePreset } from "@/api/presets";
import { Confirm } from "@/components/confirm";

export function DeletePreset(props: { preset: Preset | null; onClose: () => void; onDone: () => void }) {
  const { preset } = props;
  const remove = useDeletePreset();

  function confirm() {
    if (!preset) return;
    remove.mutate(preset.id, {
      onSuccess: () => {
        notifications.show({ message: `“${preset.name}” is deleted.` });
        props.onDone();
      },
    });
  }

  return (
    <Confirm
      opened={preset !== null}
      title={`Delete “${preset?.name}”?`}
      action="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={props.onClose}
    >
      Its parts stay in your library, and chats that used it stay as they are.
    </Confirm>
  );
}
