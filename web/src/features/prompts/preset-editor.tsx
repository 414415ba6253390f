import { Button, Group, Skeleton, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { explain, isRefusal } from "@/api/client";
import { type Preset, presetQuery, useSavePreset } from "@/api/presets";
import { PromptPreview } from "@/components/prompt-preview";
import { Page } from "@/components/shell";
import { SlotPicker } from "@/components/slot-picker";
import { ErrorState } from "@/components/states";
import { EMPTY_SLOTS, isEmpty, pickSlots, type Slots, slotKey, TYPES, type Type } from "@/lib/slots";
import { DeletePreset } from "./delete-preset";
import library from "./library.module.css";
import classes from "./presets.module.css";

/** `id` is a preset's, or "new". */
export function PresetEditor({ id }: { id: string }) {
  const isNew = id === "new";
  const preset = useQuery({ ...presetQuery(id), enabled: !isNew });
  const title = isNew ? "New preset" : (preset.data?.name ?? "Preset");
  const gone = isRefusal(preset.error, 404);
  return (
    <Page title={title}>
      {isNew ? <Editor preset={null} /> : null}
      {preset.data ? <Editor key={preset.data.id} preset={preset.data} /> : null}
      {preset.isError && !preset.data ? (
        <ErrorState
          title={gone ? "This preset is not here" : "The preset did not load"}
          error={preset.error}
          retry={gone ? undefined : () => void preset.refetch()}
        />
      ) : null}
      {!isNew && preset.isPending ? (
        <div className={classes.editor} role="status" aria-label="Loading the preset">
          <Skeleton h={420} />
          <Skeleton h={420} />
        </div>
      ) : null}
    </Page>
  );
}

function slotsOf(preset: Preset | null): Slots {
  if (!preset) return EMPTY_SLOTS;
  const { roleId, styleId, contextId, modeId } = preset;
  return pickSlots({
    roleId: roleId ?? null,
    styleId: styleId ?? null,
    contextId: contextId ?? null,
    modeId: modeId ?? null,
  });
}

function Editor({ preset }: { preset: Preset | null }) {
  const navigate = useNavigate();
  const save = useSavePreset();
  const [slots, setSlots] = useState(() => slotsOf(preset));
  const [opened, setOpened] = useState<Type | null>(null);
  const [deleting, setDeleting] = useState(false);
  const [without, setWithout] = useState<Type[]>([]);
  const form = useForm({
    initialValues: { name: preset?.name ?? "", description: preset?.description ?? "" },
    validate: { name: (name) => (name.trim() === "" ? "A name is needed." : null) },
  });
  const empty = isEmpty(slots);
  const lost = (preset?.missing ?? []).filter(
    (type) => slots[slotKey(type)] === null && !without.includes(type),
  );

  function submit(values: { name: string; description: string }) {
    if (empty) return;
    // A slot that lost its component and stays untouched is not named: naming it null says "go on without".
    const named = Object.fromEntries(
      TYPES.filter((type) => !lost.includes(type)).map((type) => [slotKey(type), slots[slotKey(type)]]),
    );
    save.mutate(
      {
        id: preset?.id ?? null,
        change: { name: values.name.trim(), description: values.description.trim(), ...named },
      },
      {
        onSuccess: (kept) => {
          notifications.show({ message: `“${kept.name}” is saved.` });
          void navigate({ to: "/presets" });
        },
      },
    );
  }

  return (
    <div className={classes.editor}>
      <form noValidate onSubmit={form.onSubmit(submit)}>
        {lost.length > 0 ? (
          <div className={library.warn} style={{ marginBottom: 16 }}>
            <p>
              This preset lost its {lost.join(" and ")}: the part was deleted. Pick another below
              {empty ? "." : ", or go on without."}
            </p>
            {empty ? null : (
              <Button size="xs" variant="default" onClick={() => setWithout([...without, ...lost])}>
                Go on without
              </Button>
            )}
          </div>
        ) : null}
        <TextInput label="Name" withAsterisk maxLength={100} {...form.getInputProps("name")} />
        <Textarea
          label="Description"
          mt="md"
          autosize
          minRows={2}
          maxRows={6}
          maxLength={500}
          {...form.getInputProps("description")}
        />
        <fieldset className={classes.slots} style={{ marginTop: 16 }}>
          <legend>Parts</legend>
          {TYPES.map((type) => (
            <SlotPicker
              key={type}
              look="field"
              type={type}
              value={slots[slotKey(type)]}
              lost={lost.includes(type)}
              onChange={(id) => setSlots({ ...slots, [slotKey(type)]: id })}
              opened={opened === type}
              onOpened={(open) => setOpened(open ? type : null)}
            />
          ))}
        </fieldset>
        {empty ? (
          <Text size="sm" c="dimmed" mt="xs">
            A preset needs at least one part.
          </Text>
        ) : null}
        {save.error ? (
          <Text role="alert" c="var(--q-danger)" size="sm" mt="md">
            {explain(save.error)}
          </Text>
        ) : null}
        <Group mt="lg" gap="xs" justify="space-between">
          {preset ? (
            <Button variant="subtle" color="danger" c="var(--q-danger)" onClick={() => setDeleting(true)}>
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
        <PromptPreview slots={slots} />
      </section>
      <DeletePreset
        preset={deleting ? preset : null}
        onClose={() => setDeleting(false)}
        onDone={() => void navigate({ to: "/presets" })}
      />
    </div>
  );
}
