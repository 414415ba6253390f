import { Button, Group, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { explain, isRefusal } from "@/api/client";
import { type Preset, useSavePreset } from "@/api/presets";
import { useDeleteWithUndo } from "@/components/delete-preset";
import { LeaveGuard } from "@/components/leave-guard";
import { Losses } from "@/components/losses";
import { PromptPreview } from "@/components/prompt-preview";
import { isEmpty, slotKey, TYPES, type Type } from "@/lib/slots";
import { usePresetDraft } from "./preset-draft";
import classes from "./preset-editor.module.css";
import { PresetSlots } from "./preset-slots";

interface Fields {
  name: string;
  description: string;
}

/** What the server said against each field; "body.roleId" is about the role's slot. */
function faults(error: unknown): Record<string, string> {
  if (!isRefusal(error, 400)) return {};
  return Object.fromEntries(
    error.errors
      .filter((wrong) => wrong.path !== "body")
      .map((wrong) => [wrong.path.replace(/^body\./, ""), wrong.message]),
  );
}

export function PresetForm(props: { preset: Preset | null; onDirty: (dirty: boolean) => void }) {
  const { preset, onDirty } = props;
  const navigate = useNavigate();
  const save = useSavePreset();
  const remove = useDeleteWithUndo();
  const draft = usePresetDraft(preset);
  const [opened, setOpened] = useState<Type | null>(null);
  const form = useForm<Fields>({
    initialValues: { name: preset?.name ?? "", description: preset?.description ?? "" },
    validate: { name: (name) => (name.trim() === "" ? "A name is needed." : null) },
  });
  const dirty = draft.dirty || form.isDirty();
  const empty = isEmpty(draft.slots) && (preset === null || draft.dirty);
  const wrong = faults(save.error);
  const beside = Object.keys(wrong).length > 0;

  useEffect(() => onDirty(dirty), [dirty, onDirty]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new refusal, and only that, marks the fields.
  useEffect(() => form.setErrors(faults(save.error)), [save.error]);

  const leave = () => void navigate({ to: "/presets", ignoreBlocker: true });

  function submit({ name, description }: Fields) {
    const text = { name: name.trim(), description: description.trim() };
    const change = preset ? { ...text, ...draft.edits } : { ...text, ...draft.slots };
    save.mutate(
      { id: preset?.id ?? null, change },
      {
        onSuccess: (kept) => {
          notifications.show({ message: `“${kept.name}” is saved.` });
          leave();
        },
      },
    );
  }

  const onSubmit = form.onSubmit(submit, () => form.getInputNode("name")?.focus());

  function choose(type: Type, id: string | null) {
    save.reset();
    draft.choose(type, id);
  }

  return (
    <div className={classes.box}>
      <div className={classes.editor}>
        <form noValidate data-home tabIndex={-1} onSubmit={onSubmit} aria-label="Preset">
          <TextInput label="Name" required maxLength={100} {...form.getInputProps("name")} />
          <Textarea
            label="Description"
            mt="md"
            mb="md"
            autosize
            minRows={1}
            maxRows={6}
            maxLength={500}
            {...form.getInputProps("description")}
          />
          {preset ? (
            <Losses
              preset={preset}
              losses={draft.lost}
              onChoose={setOpened}
              onDismiss={draft.dismiss}
              onMended={(_, type) => draft.forget(type)}
              onDelete={() => remove(preset, leave)}
            />
          ) : null}
          <PresetSlots
            slots={draft.slots}
            lost={draft.lost.map((loss) => loss.type)}
            onChoose={choose}
            opened={opened}
            onOpened={setOpened}
            errors={Object.fromEntries(TYPES.map((type) => [type, wrong[slotKey(type)]]))}
          />
          {empty ? (
            <Text size="sm" c="dimmed" mt="xs">
              A preset needs at least one part.
            </Text>
          ) : null}
          {save.error && !beside ? (
            <Text role="alert" c="var(--q-danger)" size="sm" mt="md">
              {explain(save.error)}
            </Text>
          ) : null}
          <Group mt="lg" gap="xs" justify="space-between">
            {preset ? (
              <Button
                variant="subtle"
                color="danger"
                c="var(--q-danger)"
                onClick={() => remove(preset, leave)}
              >
                Delete
              </Button>
            ) : (
              <span />
            )}
            <Group gap="xs">
              <Button variant="default" renderRoot={(rest) => <Link to="/presets" {...rest} />}>
                Cancel
              </Button>
              <Button type="submit" disabled={empty} loading={save.isPending}>
                {preset ? "Save" : "Create preset"}
              </Button>
            </Group>
          </Group>
        </form>
        <section className={classes.preview} aria-label="Composed prompt">
          <h2>Composed prompt</h2>
          <PromptPreview slots={draft.slots} />
        </section>
      </div>
      <LeaveGuard dirty={dirty}>What you changed in this preset is not saved.</LeaveGuard>
    </div>
  );
}
