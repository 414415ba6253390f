import { Button, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { explain, isRefusal } from "@/api/client";
import { type Preset, presetQuery, useDuplicatePreset } from "@/api/presets";
import { Page } from "@/components/shell";
import { EmptyState, ErrorState } from "@/components/states";
import { used } from "./preset-card";
import classes from "./preset-editor.module.css";
import { PresetForm } from "./preset-form";

/** `id` is a preset's, or "new". */
export function PresetEditor({ id }: { id: string }) {
  const isNew = id === "new";
  const preset = useQuery({ ...presetQuery(id), enabled: !isNew });
  const [dirty, setDirty] = useState(false);
  const title = isNew ? "New preset" : (preset.data?.name ?? "Preset");
  const gone = isRefusal(preset.error, 404);
  if (gone || (preset.isError && !preset.data)) {
    return (
      <Page title="Preset">
        <ErrorState
          title={gone ? "This preset is not here" : "The preset did not load"}
          error={preset.error}
          retry={gone ? undefined : () => void preset.refetch()}
          actions={
            <Button size="sm" renderRoot={(rest) => <Link to="/presets" {...rest} />}>
              All presets
            </Button>
          }
        />
      </Page>
    );
  }
  return (
    <Page
      title={title}
      note={preset.data ? used(preset.data) : undefined}
      tools={preset.data ? <Tools preset={preset.data} dirty={dirty} /> : null}
    >
      {isNew ? <PresetForm preset={null} onDirty={setDirty} /> : null}
      {preset.data ? <PresetForm key={preset.data.id} preset={preset.data} onDirty={setDirty} /> : null}
      {preset.isPaused && !preset.data ? (
        <EmptyState title="The preset comes when you are online again" />
      ) : null}
      {!isNew && preset.isPending && !preset.isPaused ? (
        <div className={classes.loading} role="status" aria-label="Loading the preset">
          <Skeleton h={420} />
          <Skeleton h={420} />
        </div>
      ) : null}
    </Page>
  );
}

function Tools({ preset, dirty }: { preset: Preset; dirty: boolean }) {
  const navigate = useNavigate();
  const duplicate = useDuplicatePreset();

  function copy() {
    duplicate.mutate(preset.id, {
      onSuccess: (made) => {
        notifications.show({ message: `“${made.name}” is made, of what is saved.` });
        if (!dirty) void navigate({ to: "/presets/$id", params: { id: made.id } });
      },
      onError: (error) =>
        notifications.show({ color: "danger", title: "There is no copy", message: explain(error) }),
    });
  }

  return (
    <>
      <Button
        variant="default"
        leftSection={<IconCopy size={16} />}
        loading={duplicate.isPending}
        onClick={copy}
      >
        Duplicate
      </Button>
      <Button
        variant="default"
        renderRoot={(rest) => <Link to="/" search={{ preset: preset.id }} {...rest} />}
      >
        Use in chat
      </Button>
    </>
  );
}
