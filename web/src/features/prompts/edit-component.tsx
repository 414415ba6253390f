import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { isRefusal } from "@/api/client";
import { type Component, componentQuery, useChangeComponent, useDeleteComponent } from "@/api/components";
import { presetsQuery } from "@/api/presets";
import { previewQuery } from "@/api/preview";
import { ComponentForm, type ComponentValues } from "@/components/component-form";
import { Confirm } from "@/components/confirm";
import { ago, plural } from "@/lib/format";
import { EMPTY_SLOTS, slotKey, TYPE_NAMES } from "@/lib/slots";
import classes from "./library.module.css";

/** The presets that hold a component: what a change reaches and a deletion breaks. */
function useUsedBy(component: Component) {
  const { data } = useQuery(presetsQuery);
  return data?.filter((preset) => preset[slotKey(component.type)] === component.id);
}

export function EditComponent(props: {
  component: Component;
  onDirty: (dirty: boolean) => void;
  onDone: () => void;
  deleting: boolean;
  onDeleting: (deleting: boolean) => void;
}) {
  // The version the person began from; a newer one that arrives meanwhile must not slip under their text.
  const [base, setBase] = useState(props.component);
  const [overwrite, setOverwrite] = useState<ComponentValues | null>(null);
  const client = useQueryClient();
  const change = useChangeComponent();
  const usedBy = useUsedBy(base);
  const cost = useQuery(previewQuery({ ...EMPTY_SLOTS, [slotKey(base.type)]: base.id }));
  const kind = TYPE_NAMES[base.type].one;

  function save(values: ComponentValues, version: number | undefined) {
    change.mutate(
      { id: base.id, version, change: values },
      {
        onSuccess: (kept) => {
          notifications.show({ message: `“${kept.name}” is saved.` });
          props.onDone();
        },
        onError: (error) => isRefusal(error, 412) && setOverwrite(values),
      },
    );
  }

  async function takeTheirs() {
    const newer = await client.fetchQuery({ ...componentQuery(base.id), staleTime: 0 });
    setOverwrite(null);
    change.reset();
    setBase(newer);
  }

  const conflict = overwrite ? (
    <div className={classes.warn} role="alert" style={{ marginTop: 16 }}>
      <p>This part was changed elsewhere while you were writing.</p>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => save(overwrite, undefined)}>
          Keep mine
        </Button>
        <Button size="xs" variant="default" onClick={() => void takeTheirs()}>
          Take the newer one
        </Button>
      </Group>
    </div>
  ) : null;
  const tokens = cost.data ? `${plural(cost.data.tokens, "token")} with its heading, as saved` : null;
  return (
    <>
      <ComponentForm
        key={base.version}
        type={base.type}
        initial={{
          name: base.name,
          content: base.content,
          description: base.description ?? "",
          tags: base.tags,
        }}
        action="Save"
        busy={change.isPending}
        error={overwrite ? null : change.error}
        onDirty={props.onDirty}
        onCancel={props.onDone}
        onSubmit={(values) => save(values, base.version)}
        cost={tokens}
        extra={conflict}
      />
      <section style={{ marginTop: 32 }} aria-label="About this part">
        <p className={classes.facts}>
          <span>
            {kind}, version {base.version}
          </span>
          <span>changed {ago(base.updatedAt)}</span>
          <span>used {plural(base.usageCount, "time")}</span>
        </p>
        <p className={classes.facts}>
          {usedBy?.length === 0 ? "In no preset." : null}
          {usedBy?.length ? "In " : null}
          {usedBy?.map((preset) => (
            <Link key={preset.id} to="/presets/$id" params={{ id: preset.id }}>
              {preset.name}
            </Link>
          ))}
        </p>
        <Button
          mt="xs"
          variant="subtle"
          color="danger"
          c="var(--q-danger)"
          leftSection={<IconTrash size={16} />}
          onClick={() => props.onDeleting(true)}
        >
          Delete
        </Button>
      </section>
      <DeleteComponent
        component={base}
        usedBy={usedBy?.map((preset) => preset.name)}
        opened={props.deleting}
        onClose={() => props.onDeleting(false)}
        onDone={props.onDone}
      />
    </>
  );
}

function affects(presets: string[] | undefined): string {
  if (presets === undefined) return "Presets that use it will be incomplete without it.";
  if (presets.length === 0) return "No preset uses it. Answers that were made with it stay as they are.";
  return `${plural(presets.length, "preset")} will be incomplete without it: ${presets.join(", ")}.`;
}

function DeleteComponent(props: {
  component: Component;
  /** Not known where the presets did not load. */
  usedBy: string[] | undefined;
  opened: boolean;
  onClose: () => void;
  onDone: () => void;
}) {
  const { component, usedBy } = props;
  const remove = useDeleteComponent();
  return (
    <Confirm
      opened={props.opened}
      title={`Delete “${component.name}”?`}
      action="Delete"
      busy={remove.isPending}
      error={remove.error}
      onClose={props.onClose}
      onConfirm={() =>
        remove.mutate(component.id, {
          onSuccess: () => {
            notifications.show({ message: `“${component.name}” is deleted.` });
            props.onClose();
            props.onDone();
          },
        })
      }
    >
      {affects(usedBy)}
    </Confirm>
  );
}
