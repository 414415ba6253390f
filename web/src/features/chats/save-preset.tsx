import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { explain } from "@/api/client";
import { type Preset, useSavePreset } from "@/api/presets";
import type { Slots } from "@/lib/slots";

export default function SavePreset(props: {
  slots: Slots;
  onSaved: (preset: Preset) => void;
  onClose: () => void;
}) {
  const save = useSavePreset();
  const form = useForm({
    initialValues: { name: "" },
    validate: { name: (name) => (name.trim() === "" ? "A name is needed." : null) },
  });
  return (
    <Modal opened onClose={props.onClose} title="Save this mix as a preset">
      <form
        noValidate
        onSubmit={form.onSubmit(({ name }) =>
          save.mutate(
            { id: null, change: { name: name.trim(), ...props.slots } },
            { onSuccess: props.onSaved },
          ),
        )}
      >
        {/* At once: the dialog itself gives the focus a moment after it is seen, and the first letters would be lost. */}
        <TextInput label="Name" maxLength={100} autoFocus data-autofocus {...form.getInputProps("name")} />
        {save.error ? (
          <Text role="alert" c="var(--q-danger)" size="sm" mt="sm">
            {explain(save.error)}
          </Text>
        ) : null}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save preset
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
